"""Who began to follow as Somebody is told as Somebody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("live", "0010_supporters")]

    operations = [
        migrations.AddField(
            "follow",
            "as_somebody",
            models.BooleanField(default=False, db_default=False, help_text="How the follower appeared then."),
        ),
    ]
