"""A test gift is one gift."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("live", "0011_followers_face")]

    operations = [migrations.RemoveField("samplegift", "quantity")]
