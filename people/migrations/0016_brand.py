from django.db import migrations, models

import people.text.names


def write_the_row(apps, schema_editor):
    apps.get_model("people", "Brand").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0015_notes_and_suspensions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Brand",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "name",
                    models.CharField(default="Ovation", max_length=30, validators=[people.text.names.validate_name]),
                ),
                ("mark", models.CharField(blank=True, default="", max_length=16)),
                ("accent_day", models.CharField(blank=True, default="", max_length=7, verbose_name="accent by day")),
                (
                    "accent_night",
                    models.CharField(blank=True, default="", max_length=7, verbose_name="accent by night"),
                ),
                (
                    "support_email",
                    models.EmailField(blank=True, default="", max_length=254, verbose_name="support address"),
                ),
            ],
            options={
                "verbose_name": "brand",
                "verbose_name_plural": "brand",
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="one_brand")],
            },
        ),
        migrations.RunPython(write_the_row, migrations.RunPython.noop),
    ]
