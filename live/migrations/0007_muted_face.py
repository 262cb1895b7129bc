"""A mute names the face that it was about, so that it doesn't tell whose the other one is."""

from django.conf import settings
from django.db import migrations, models


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
    ]
