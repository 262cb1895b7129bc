from django.db import migrations, models

import live.models.catalog


class Migration(migrations.Migration):
    dependencies = [("live", "0026_finance_looks_at_payments")]

    operations = [
        migrations.AlterField(
            model_name="gift",
            name="art",
            field=models.CharField(max_length=40, validators=[live.models.catalog.validate_art]),
        ),
    ]
