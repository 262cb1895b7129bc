"""A mute names the face that it was about, so that it doesn't tell whose the other one is."""

from django.conf import settings
from django.db import migrations, models

# Going back there is room for one mute of a person: the one by name.
ONE_EACH = """DELETE FROM live_muted WHERE as_somebody AND EXISTS (SELECT 1 FROM live_muted named
    WHERE named.session_id = live_muted.session_id AND named.person_id = live_muted.person_id
      AND NOT named.as_somebody)"""


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0006_faces"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="muted",
            options={"ordering": ["-id"], "verbose_name_plural": "muted"},
        ),
        migrations.AddField(
            model_name="muted",
            name="as_somebody",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.RemoveConstraint(model_name="muted", name="muted_once_per_session"),
        migrations.AddConstraint(
            model_name="muted",
            constraint=models.UniqueConstraint(
                fields=("session", "person", "as_somebody"), name="muted_once_per_session"
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, ONE_EACH),
    ]
