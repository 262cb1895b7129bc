"""More services that a new site starts with; approvals and reports that stay as they were."""

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Coalesce

from wallet import triggers

# Countries whose banks are reached by IBAN in euros, and those where mobile money is the usual way.
SEPA = "AT,BE,CH,CY,CZ,DE,DK,EE,ES,FI,FR,GB,GR,HR,HU,IE,IS,IT,LI,LT,LU,LV,MT,NL,NO,PL,PT,RO,SE,SI,SK"
MOBILE = "CI,GH,KE,RW,SN,TZ,UG,ZM"
SERVICES = [
    {
        "slug": "bank",
        "name": "Bank transfer",
        "receiver_kind": "iban",
        "countries": SEPA,
        "fee_note": "Your bank may charge for changing dollars into its currency.",
    },
    {
        "slug": "mobile",
        "name": "Mobile money",
        "receiver_kind": "phone",
        "countries": MOBILE,
        "fee_note": "Your operator may charge for cashing out.",
    },
]


def start(apps, schema_editor):
    service = apps.get_model("payouts", "PayoutService")
    for fields in SERVICES:
        service.objects.get_or_create(slug=fields["slug"], defaults=fields)


def date_what_was_there(apps, schema_editor):
    """Accounts that were there can be used as before; withdrawals that were taken up may be with the provider."""
    apps.get_model("payouts", "PayoutAccount").objects.update(usable_at=F("created_at"))
    taken = apps.get_model("payouts", "Withdrawal").objects.exclude(taken_at=None).exclude(status="cancelled")
    taken.update(first_sent_at=Coalesce("first_sent_at", "requested_at"))


class Migration(migrations.Migration):
    dependencies = [("payouts", "0003_trust")]

    operations = [
        triggers.put_back(triggers.dated_rows_stay("payouts_payoutterms")),
        triggers.append_only("payouts_providerreport"),
        triggers.append_only("payouts_withdrawalapproval"),
        migrations.RunPython(date_what_was_there, migrations.RunPython.noop),
        migrations.RunPython(start, migrations.RunPython.noop),
    ]
