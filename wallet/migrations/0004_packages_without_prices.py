"""The columns whose numbers are dated rows now."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0003_dated_packages")]

    operations = [
        migrations.RemoveConstraint(model_name="coinpackage", name="package_cents_in_bounds"),
        # Defaults are for the way back alone: 0003 then writes the numbers of that moment.
        migrations.AlterField("coinpackage", "cents", models.BigIntegerField(default=1, verbose_name="price in cents")),
        migrations.RemoveField(model_name="coinpackage", name="cents"),
        migrations.RemoveField(model_name="coinpackage", name="is_offered"),
        migrations.AlterField(
            model_name="coinpackage",
            name="coins",
            field=models.BigIntegerField(
                help_text="They never change: another number is another package.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(1_000_000),
                ],
            ),
        ),
    ]
