import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Sessions are encoded alike in both tables. allauth's list of them says whose each is; a session that it lacks keeps no
# user here, and its next save writes the user.
COPY = """INSERT INTO people_browsersession (session_key, session_data, expire_date, user_id)
    SELECT earlier.session_key, earlier.session_data, earlier.expire_date, listed.user_id
    FROM django_session earlier LEFT JOIN usersessions_usersession listed ON listed.session_key = earlier.session_key
    WHERE earlier.expire_date > CURRENT_TIMESTAMP"""
# On the way back only sessions that haven't been ended since count.
EMPTY = "DELETE FROM django_session"
COPY_BACK = """INSERT INTO django_session (session_key, session_data, expire_date)
    SELECT session_key, session_data, expire_date FROM people_browsersession"""


class Migration(migrations.Migration):
    """Copy sessions into a table that has their users. The earlier table keeps its rows until they expire.

    Processes of the earlier version, which still answer while this runs, find their sessions there.
    """

    dependencies = [
        ("people", "0009_pictures"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BrowserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="browser_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunSQL(COPY, [EMPTY, COPY_BACK]),
    ]
