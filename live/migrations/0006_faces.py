"""Thanks go to faces."""

from django.db import migrations, models

# Going back there is room for one thanks to a person: the one by name.
ONE_EACH = """DELETE FROM live_thanks WHERE as_somebody AND EXISTS (SELECT 1 FROM live_thanks named
    WHERE named.session_id = live_thanks.session_id AND named.gifter_id = live_thanks.gifter_id
      AND NOT named.as_somebody)"""


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
        migrations.RunSQL(migrations.RunSQL.noop, ONE_EACH),
    ]
