"""Operators of the group Finance may say that they have looked at a payment."""

from django.db import migrations


def let_finance_look(apps, schema_editor):
    """Give the group the permission, which Django itself makes only after all migrations."""
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="wallet", model="checkout")
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename="change_checkout", defaults={"name": "Can change checkout"}
    )
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Finance")
    group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0025_groups_of_operators"),
        ("wallet", "0009_checkouts"),
    ]
    operations = [migrations.RunPython(let_finance_look, migrations.RunPython.noop)]
