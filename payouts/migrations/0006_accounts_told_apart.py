"""Accounts that look the same get told apart by a name; PayPal is available where it pays out to."""

import django.db.models
from django.conf import settings
from django.db import migrations, models

# Countries where a PayPal account can receive and withdraw a payout: PayPal's public table "Countries and supported
# features" of its payouts, as of autumn 2026. Operators keep it up to date among the payout services.
PAYPAL = (
    "AD,AE,AR,AT,AU,BE,BG,BH,BM,BR,BS,BW,CA,CH,CL,CN,CO,CR,CY,CZ,DE,DK,DO,EC,EE,ES,FI,FO,FR,GB,GE,GI,GL,GR,GT,HK,HN,HR,"
    "HU,ID,IE,IL,IN,IS,IT,JM,JO,JP,KE,KW,KY,KZ,LI,LS,LT,LU,LV,MA,MC,MD,MT,MU,MX,MY,MZ,NI,NL,NO,NZ,OM,PA,PE,PH,PL,PT,QA,"
    "RE,RO,RS,SA,SE,SG,SI,SK,SM,SN,SV,TR,US,UY,VE,VN,ZA"
)


def masked(receiver):
    """Return a receiver as it was shown when this migration was written."""
    name, _, host = receiver.partition("@")
    if host:
        return f"{name[:1]}•••@{host}"
    if receiver.startswith("+"):
        return f"{receiver[:4]} •••• {receiver[-2:]}"
    return f"{receiver[:2]}•• •••• {receiver[-4:]}"


def tell_apart(apps, schema_editor):
    """Write each account's look. Of those that look the same, all but the first are named by the day they were added."""
    seen = {}
    for account in apps.get_model("payouts", "PayoutAccount").objects.order_by("id"):
        account.look = masked(account.receiver)
        place = (account.owner_id, account.service_id, str(account.country), account.look)
        name, day, count = "", f"added {account.created_at:%-d %b %Y}", 1
        while seen.setdefault((*place, name), account.receiver) != account.receiver:
            name, count = day if count == 1 else f"{day} ({count})", count + 1
        account.label = name
        account.save(update_fields=["look", "label"])


def know_where_paypal_pays(apps, schema_editor):
    """Name PayPal's countries, unless an operator has named some."""
    apps.get_model("payouts", "PayoutService").objects.filter(slug="paypal", countries="").update(countries=PAYPAL)


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0005_words_of_attention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payoutaccount",
            name="label",
            field=models.CharField(blank=True, default="", max_length=30, verbose_name="name"),
        ),
        migrations.AddField(
            model_name="payoutaccount",
            name="look",
            field=models.CharField(default="", editable=False, max_length=260),
            preserve_default=False,
        ),
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.RunPython(know_where_paypal_pays, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="payoutaccount",
            constraint=models.UniqueConstraint(
                condition=django.db.models.Q(removed_at__isnull=True),
                fields=("owner", "service", "country", "look", "label"),
                name="payout_accounts_told_apart",
            ),
        ),
    ]
