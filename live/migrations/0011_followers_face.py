"""A follow keeps whether it was made as Somebody: its notice must not name the follower."""

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
