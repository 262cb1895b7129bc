"""A sample is a test gift on screen and in the glossary, and now in code. The table is renamed with its rows."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("live", "0017_names_of_creators")]

    operations = [migrations.RenameModel("SampleGift", "TestGift")]
