"""Tallies by gifter: counted for every session that has received something, and complete for those that ended."""

from django.db import migrations, models

# The place of the last tap of each session that has ended: there its tally stands from now on.
COMPLETE = """INSERT INTO live_sessiontally (session_id, transaction_id, tap_id, points, gifts)
    SELECT sums.session_id, last.transaction_id, last.id, sums.points, sums.gifts
    FROM (SELECT tap.session_id, SUM(tap.coins) AS points, SUM(tap.quantity) AS gifts FROM live_gifttap tap
        JOIN live_livesession session ON session.id = tap.session_id AND session.ended_at IS NOT NULL
        GROUP BY tap.session_id) sums
    JOIN live_gifttap last ON last.id = (SELECT tap.id FROM live_gifttap tap WHERE tap.session_id = sums.session_id
        ORDER BY tap.transaction_id DESC, tap.id DESC LIMIT 1)
    WHERE true
    ON CONFLICT (session_id) DO UPDATE SET transaction_id = excluded.transaction_id, tap_id = excluded.tap_id,
        points = excluded.points, gifts = excluded.gifts"""
BY_GIFTER = """INSERT INTO live_giftertally
    (session_id, viewer_id, as_somebody, points, gifts, first_gave_at, last_gave_at)
    SELECT tap.session_id, tap.viewer_id, tap.as_somebody, SUM(tap.coins), SUM(tap.quantity),
        MIN(tap.created_at), MAX(tap.created_at)
    FROM live_gifttap tap JOIN live_sessiontally tally ON tally.session_id = tap.session_id
    WHERE tap.transaction_id < tally.transaction_id
        OR (tap.transaction_id = tally.transaction_id AND tap.id <= tally.tap_id)
    GROUP BY tap.session_id, tap.viewer_id, tap.as_somebody"""


class Migration(migrations.Migration):
    dependencies = [("live", "0004_rooms")]

    operations = [
        # The table is empty: nothing was counted by gifter before.
        migrations.AddField("giftertally", "first_gave_at", models.DateTimeField(null=True)),
        migrations.AlterField("giftertally", "first_gave_at", models.DateTimeField()),
        migrations.RunSQL(COMPLETE, migrations.RunSQL.noop),
        migrations.RunSQL(BY_GIFTER, "DELETE FROM live_giftertally"),
    ]
