"""The trigger behind a tap: no tap in a session that has ended, none in one's own."""

from wallet.triggers import TriggerPair


def tap_only_while_live():
    """Refuse a tap unless its session is live and somebody else's.

    PostgreSQL: the SELECT runs on a snapshot of its own, after the insert, and takes the shared lock that end_session's
    FOR UPDATE waits for. So a tap is either seen by the settlement, or sees that the session has ended.
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
