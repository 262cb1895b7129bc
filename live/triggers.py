"""Triggers on taps: they refuse one in an ended or own session, beyond an own limit, or above the pace."""

from wallet.triggers import TriggerPair


def tap_only_while_live() -> TriggerPair:
    """Refuse a tap unless its session is live and somebody else's.

    PostgreSQL: the SELECT runs on a snapshot of its own, after the insert, and takes the shared lock that end_session's
    FOR UPDATE waits for. So either the settlement contains the tap, or the trigger sees that the session has ended.
    """
    allowed = (
        "SELECT 1 FROM live_livesession WHERE id = NEW.session_id AND ended_at IS NULL AND creator_id <> NEW.viewer_id"
    )
    return TriggerPair(
        postgresql=[
            f"""CREATE OR REPLACE FUNCTION tap_only_while_live() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                PERFORM 1 FROM ({allowed} FOR KEY SHARE) AS session;
                IF NOT FOUND THEN
                    RAISE EXCEPTION 'tap_only_while_live' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
            END $$""",
            "CREATE TRIGGER tap_only_while_live AFTER INSERT ON live_gifttap "
            "FOR EACH ROW EXECUTE FUNCTION tap_only_while_live()",
        ],
        sqlite=[
            f"CREATE TRIGGER tap_only_while_live AFTER INSERT ON live_gifttap WHEN NOT EXISTS ({allowed}) "
            "BEGIN SELECT RAISE(ABORT, 'tap_only_while_live'); END"
        ],
        undo={
            "postgresql": ["DROP TRIGGER tap_only_while_live ON live_gifttap", "DROP FUNCTION tap_only_while_live()"],
            "sqlite": ["DROP TRIGGER tap_only_while_live"],
        },
    )


# Coins of the tap's viewer within a day or a week, and whether they exceed the viewer's limit.
GIVEN = """SELECT SUM(coins) FROM live_gifttap
        WHERE viewer_id = NEW.viewer_id AND created_at >= {since} AND created_at < {until}"""
BEYOND = """SELECT 1 FROM (SELECT daily_coins, weekly_coins FROM live_spendinglimit
            WHERE viewer_id = NEW.viewer_id AND starts_at <= NEW.created_at AND called_off_at IS NULL
            ORDER BY starts_at DESC, id DESC LIMIT 1) own
        WHERE (own.daily_coins IS NOT NULL AND own.daily_coins < ({given_today}))
           OR (own.weekly_coins IS NOT NULL AND own.weekly_coins < ({given_this_week}))"""


def tap_within_own_limits() -> TriggerPair:
    """Refuse a tap beyond the viewer's own limit for its day or its ISO week, in UTC.

    PostgreSQL: the tap's query has debited the viewer before, so it holds the lock that every tap of theirs needs.
    The SELECT has a snapshot of its own: it sees their other taps that are committed, and later ones wait.
    """
    postgresql = _beyond_limits(
        "date_trunc('day', NEW.created_at, 'UTC')",
        "date_trunc('week', NEW.created_at, 'UTC')",
        "({} + interval '{} hours')",
    )
    # Moments are text in UTC there. The Monday on or after six days ago is this week's.
    monday = "date(NEW.created_at, '-6 days', 'weekday 1')"
    sqlite = _beyond_limits("date(NEW.created_at)", monday, "datetime({}, '+{} hours')")
    return TriggerPair(
        postgresql=[
            f"""CREATE OR REPLACE FUNCTION tap_within_own_limits() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF EXISTS ({postgresql}) THEN
                    RAISE EXCEPTION 'tap_within_own_limits' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
            END $$""",
            "CREATE TRIGGER tap_within_own_limits AFTER INSERT ON live_gifttap "
            "FOR EACH ROW EXECUTE FUNCTION tap_within_own_limits()",
        ],
        sqlite=[
            f"CREATE TRIGGER tap_within_own_limits AFTER INSERT ON live_gifttap WHEN EXISTS ({sqlite}) "
            "BEGIN SELECT RAISE(ABORT, 'tap_within_own_limits'); END"
        ],
        undo={
            "postgresql": [
                "DROP TRIGGER tap_within_own_limits ON live_gifttap",
                "DROP FUNCTION tap_within_own_limits()",
            ],
            "sqlite": ["DROP TRIGGER tap_within_own_limits"],
        },
    )


# A setting of PostgreSQL's that a tap's query makes for its transaction: the most taps of one person in a second.
PACE = "ovation.taps_per_second"


def tap_within_pace() -> TriggerPair:
    """Refuse a tap above the pace that its own query set; without a setting there is no limit.

    PostgreSQL: the query counts on the snapshot with which it began, so taps at the same moment don't see each other.
    Here it holds the lock on the viewer's row, and this SELECT sees the committed taps before it. On SQLite one
    transaction writes at a time, so the query's own count is exact.
    """
    return TriggerPair(
        postgresql=[
            f"""CREATE OR REPLACE FUNCTION tap_within_pace() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF (SELECT count(*) FROM live_gifttap
                        WHERE viewer_id = NEW.viewer_id AND created_at > NEW.created_at - interval '1 second')
                    > NULLIF(current_setting('{PACE}', true), '')::bigint THEN
                    RAISE EXCEPTION 'tap_within_pace' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
            END $$""",  # noqa: S608
            "CREATE TRIGGER tap_within_pace AFTER INSERT ON live_gifttap "
            "FOR EACH ROW EXECUTE FUNCTION tap_within_pace()",
        ],
        sqlite=[],
        undo={
            "postgresql": ["DROP TRIGGER tap_within_pace ON live_gifttap", "DROP FUNCTION tap_within_pace()"],
            "sqlite": [],
        },
    )


def _beyond_limits(day: str, week: str, later: str) -> str:
    """Return the rule with the first moments of a day and a week in the SQL of one database."""
    today = GIVEN.format(since=day, until=later.format(day, 24))
    this_week = GIVEN.format(since=week, until=later.format(week, 7 * 24))
    return BEYOND.format(given_today=today, given_this_week=this_week)
