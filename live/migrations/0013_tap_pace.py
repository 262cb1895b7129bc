"""The database keeps the pace of one person's taps."""

from django.db import migrations

from live.triggers import tap_within_pace


class Migration(migrations.Migration):
    dependencies = [("live", "0012_one_test_gift")]

    operations = [tap_within_pace()]
