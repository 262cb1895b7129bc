"""Groups of operators: what people who support, who pay and who set prices need, and no more."""

from django.db import migrations

READ_PEOPLE = ["people.view_user", "people.view_suspension", "people.view_operatornote", "people.add_operatornote"]
SUPPORT = [
    *READ_PEOPLE,
    *("people.change_user", "live.view_creator", "live.view_livesession", "live.change_livesession"),
    *("live.view_gifttap", "live.view_comment", "live.change_comment", "live.view_muted", "live.view_settlement"),
    *("wallet.view_recharge", "wallet.view_paymentevent", "wallet.view_account"),
    *("payouts.view_withdrawal", "payouts.view_payoutaccount"),
]
FINANCE = [
    *READ_PEOPLE,
    *("wallet.view_recharge", "wallet.view_paymentevent", "wallet.view_account", "wallet.view_transfer"),
    *("wallet.view_bookscheck", "live.view_settlement", "live.view_closedday", "live.view_livesession"),
    *("payouts.view_withdrawal", "payouts.change_withdrawal", "payouts.view_payoutaccount"),
    *("payouts.view_weeklyallowance", "payouts.view_providerhour"),
]
EDITED = ["live.gift", "live.category", "wallet.coinpackage", "payouts.payoutservice"]
DATED = ["wallet.coinrate", "payouts.diamondrate", "payouts.payoutterms", "live.liveterms"]
# Their rows come from the page of a gift or package; one that is still to come may be withdrawn.
PRICES = ["live.giftprice", "wallet.packageprice"]
ECONOMY = ["live.view_closedday"]
ECONOMY += [f"{model.replace('.', f'.{act}_')}" for model in EDITED for act in ("view", "add", "change")]
ECONOMY += [f"{model.replace('.', f'.{act}_')}" for model in DATED for act in ("view", "add", "delete")]
ECONOMY += [f"{model.replace('.', f'.{act}_')}" for model in PRICES for act in ("view", "delete")]
GROUPS = {"Support": SUPPORT, "Finance": FINANCE, "Economy": ECONOMY}


def make_groups(apps, schema_editor):
    """Make the groups; one that is there already by its name gets what it lacks.

    Django makes permissions after all migrations; those that are there by then stay.
    """
    kinds, permissions = apps.get_model("contenttypes", "ContentType"), apps.get_model("auth", "Permission")
    for name, wanted in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for permission in wanted:
            app, codename = permission.split(".")
            act, model = codename.split("_")
            kind, _ = kinds.objects.get_or_create(app_label=app, model=model)
            words = f"Can {act} {apps.get_model(app, model)._meta.verbose_name}"
            row, _ = permissions.objects.get_or_create(content_type=kind, codename=codename, defaults={"name": words})
            group.permissions.add(row)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("live", "0024_applause"),
        ("payouts", "0008_desk"),
        ("people", "0015_notes_and_suspensions"),
        ("wallet", "0008_desk"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
