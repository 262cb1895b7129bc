import django.contrib.admin.models
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("people", "0012_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="OperatorAction",
            fields=[],
            options={
                "verbose_name": "action of an operator",
                "verbose_name_plural": "actions of operators",
                "ordering": ["-id"],
                "proxy": True,
                "default_permissions": ("view",),
                "indexes": [],
                "constraints": [],
            },
            bases=("admin.logentry",),
            managers=[("objects", django.contrib.admin.models.LogEntryManager())],
        ),
    ]
