"""Thanks go to faces."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("live", "0005_gifter_tallies")]

    operations = [
        migrations.AddField(
            "thanks",
            "as_somebody",
            models.BooleanField(default=False, help_text="The creator thanked Somebody, and knows no name."),
        ),
        migrations.RemoveConstraint("thanks", "thanks_once_per_gifter"),
        migrations.AddConstraint(
            "thanks",
            models.UniqueConstraint(
                fields=["session", "gifter", "as_somebody"], name="thanks_once_per_gifter_and_face"
            ),
        ),
    ]
