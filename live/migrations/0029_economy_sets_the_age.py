"""Operators of the group Economy may announce the age that recharges and payout accounts need."""

from django.db import migrations


def let_economy_set(apps, schema_editor):
    """Give the group the permissions, which Django itself makes only after all migrations."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="wallet", model="ageterms")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Economy")
    for act in ("view", "add", "delete"):
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=kind, codename=f"{act}_ageterms", defaults={"name": f"Can {act} age terms"}
        )
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0028_economy_sets_exact_amounts"),
        ("wallet", "0011_ages"),
    ]
    operations = [migrations.RunPython(let_economy_set, migrations.RunPython.noop)]
