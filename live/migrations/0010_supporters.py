"""Supporters: a row for each creator and person, and one for all Somebodies, from all lives that have ended."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BY_NAME = """INSERT INTO live_supporter (creator_id, viewer_id, lives, gifts, points, first_gave_at, last_gave_at)
    SELECT session.creator_id, tally.viewer_id, COUNT(*), SUM(tally.gifts), SUM(tally.points),
      MIN(tally.first_gave_at), MAX(tally.last_gave_at)
    FROM live_giftertally tally JOIN live_livesession session ON session.id = tally.session_id
    WHERE session.ended_at IS NOT NULL AND NOT tally.as_somebody
    GROUP BY session.creator_id, tally.viewer_id"""
SOMEBODIES = """INSERT INTO live_supporter (creator_id, viewer_id, lives, gifts, points, first_gave_at, last_gave_at)
    SELECT session.creator_id, CAST(NULL AS bigint), COUNT(DISTINCT tally.session_id), SUM(tally.gifts),
      SUM(tally.points), MIN(tally.first_gave_at), MAX(tally.last_gave_at)
    FROM live_giftertally tally JOIN live_livesession session ON session.id = tally.session_id
    WHERE session.ended_at IS NOT NULL AND tally.as_somebody
    GROUP BY session.creator_id"""


class Migration(migrations.Migration):
    dependencies = [
        ("live", "0009_own_limits"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Supporter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lives", models.PositiveIntegerField(help_text="Ended lives in which something was given.")),
                ("gifts", models.BigIntegerField()),
                ("points", models.BigIntegerField()),
                ("first_gave_at", models.DateTimeField()),
                ("last_gave_at", models.DateTimeField()),
                (
                    "creator",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supporters",
                        to="live.creator",
                    ),
                ),
                (
                    "viewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["creator", "-points"], name="supporters_by_points"),
                    models.Index(fields=["creator", "-lives"], name="supporters_by_lives"),
                    models.Index(fields=["creator", "-last_gave_at"], name="supporters_by_last"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("creator", "viewer"), name="one_supporter_per_creator_and_viewer"),
                    models.UniqueConstraint(
                        condition=models.Q(("viewer", None)), fields=("creator",), name="somebodies_once_per_creator"
                    ),
                ],
            },
        ),
        migrations.RunSQL(BY_NAME, migrations.RunSQL.noop),
        migrations.RunSQL(SOMEBODIES, migrations.RunSQL.noop),
    ]
