"""Places: the feed's own order, in the stead of the order of transaction ids."""

import django.db.models.deletion
from django.db import migrations, models

from live.feed.placing import FUNCTION
from wallet.triggers import TriggerPair, append_only

# Writers of taps are waited for, so that none commits behind what is placed here.
NOBODY_TAPS = TriggerPair(
    postgresql=["LOCK TABLE live_gifttap IN SHARE ROW EXCLUSIVE MODE"], sqlite=[], undo={"postgresql": [], "sqlite": []}
)
# In the order in which they were read before.
PLACES = """INSERT INTO live_tapplace (tap_id, session_id, place)
    SELECT id, session_id, row_number() OVER (PARTITION BY session_id ORDER BY transaction_id, id) FROM live_gifttap"""
TALLIES = """UPDATE live_sessiontally SET
    place = (SELECT place FROM live_tapplace WHERE tap_id = live_sessiontally.tap_id),
    all_up_to = COALESCE(
      (SELECT MIN(rest.tap_id) - 1 FROM live_tapplace rest WHERE rest.session_id = live_sessiontally.session_id
        AND rest.place > (SELECT place FROM live_tapplace WHERE tap_id = live_sessiontally.tap_id)),
      (SELECT MAX(tap_id) FROM live_tapplace counted WHERE counted.session_id = live_sessiontally.session_id))"""
# Back, all taps have one transaction id, and so the order of ids. A tally up to a place can be another set of taps then:
# those of running lives are counted anew by the worker, those of ended lives are complete in any order.
RUNNING = "session_id IN (SELECT id FROM live_livesession WHERE ended_at IS NULL)"
TALLIES_BACK = [
    f"DELETE FROM live_giftertally WHERE {RUNNING}",  # noqa: S608
    f"DELETE FROM live_sessiontally WHERE {RUNNING}",  # noqa: S608
    """UPDATE live_sessiontally SET transaction_id = 0,
        tap_id = (SELECT MAX(id) FROM live_gifttap WHERE session_id = live_sessiontally.session_id)""",
]
# As SQL, because Django would make SQLite's table anew, and its triggers would be gone.
NO_TRANSACTION_ID = TriggerPair(
    postgresql=["ALTER TABLE live_gifttap DROP COLUMN transaction_id"],
    sqlite=["ALTER TABLE live_gifttap DROP COLUMN transaction_id"],
    undo={
        "postgresql": [
            "ALTER TABLE live_gifttap ADD COLUMN transaction_id bigint NOT NULL DEFAULT 0",
            "ALTER TABLE live_gifttap ALTER COLUMN transaction_id SET DEFAULT (pg_current_xact_id()::text::bigint)",
        ],
        "sqlite": ["ALTER TABLE live_gifttap ADD COLUMN transaction_id bigint NOT NULL DEFAULT 0"],
    },
)
PLACE_TAPS = TriggerPair(
    postgresql=[FUNCTION],
    sqlite=[],
    undo={"postgresql": ["DROP FUNCTION place_taps(uuid, bigint)"], "sqlite": []},
)


class Migration(migrations.Migration):
    dependencies = [("live", "0013_tap_pace")]

    operations = [
        NOBODY_TAPS,
        migrations.CreateModel(
            name="TapPlace",
            fields=[
                (
                    "tap",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="placed",
                        serialize=False,
                        to="live.gifttap",
                    ),
                ),
                ("place", models.BigIntegerField()),
                (
                    "session",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placed_taps",
                        to="live.livesession",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("session", "place"), name="one_tap_per_place"),
                    models.CheckConstraint(condition=models.Q(("place__gte", 1)), name="places_begin_at_one"),
                ],
            },
        ),
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
        append_only("live_tapplace"),
        migrations.AlterField("sessiontally", "transaction_id", models.BigIntegerField(null=True)),
        migrations.AlterField(
            "sessiontally",
            "tap",
            models.ForeignKey(
                "live.gifttap", django.db.models.deletion.PROTECT, related_name="+", db_index=False, null=True
            ),
        ),
        migrations.AddField("sessiontally", "place", models.BigIntegerField(null=True)),
        migrations.AddField("sessiontally", "all_up_to", models.BigIntegerField(default=0)),
        migrations.RunSQL(TALLIES, TALLIES_BACK),
        migrations.AlterField("sessiontally", "place", models.BigIntegerField()),
        migrations.RemoveField("sessiontally", "transaction_id"),
        migrations.RemoveField("sessiontally", "tap"),
        migrations.RemoveIndex("gifttap", "taps_in_feed_order"),
        migrations.SeparateDatabaseAndState([NO_TRANSACTION_ID], [migrations.RemoveField("gifttap", "transaction_id")]),
        migrations.AddIndex("gifttap", models.Index(fields=["session", "id"], name="taps_of_session")),
        PLACE_TAPS,
    ]
