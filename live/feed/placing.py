"""Placing: each committed tap gets its place in the feed of its session from whoever reads that feed.

PostgreSQL hands out ids before commit, so a tap with a smaller id can become visible after one with a larger id. A
place is given to a tap that is already committed, under a lock of its room. So no place becomes visible after a larger
one, whatever transaction is open in the database server.
"""

import time

from django.db import connection, models
from django.db.models.expressions import RawSQL

from live.models import LiveSession

# How many taps one look places at most.
BATCH = 5_000

# The scalar subqueries make the planner look each place up by its key; a join with all places costs by their number.
UNPLACED = """SELECT tap.id FROM live_gifttap tap WHERE tap.session_id = {session} AND tap.id > {counted}
        AND (SELECT place FROM live_tapplace WHERE tap_id = tap.id) IS NULL"""
NEWEST = "COALESCE((SELECT MAX(place) FROM live_tapplace WHERE session_id = {session}), 0)"
PLACE = """INSERT INTO live_tapplace (tap_id, session_id, place)
      SELECT unplaced.id, {session}, {newest} + row_number() OVER (ORDER BY unplaced.id)
      FROM ({unplaced} ORDER BY tap.id LIMIT {at_most}) unplaced"""

_IN_FUNCTION = {"session": "room", "newest": NEWEST.format(session="room")}
_UNPLACED_THERE = UNPLACED.format(session="room", counted="counted")
# One call, so a process that hangs in the middle of a read can't keep the lock: the server ends the transaction by
# itself. Each statement in it sees what was committed before, and so what was placed while the lock was waited for.
# A room without news costs one statement. NULL: the lock wasn't free for a second.
FUNCTION = f"""CREATE OR REPLACE FUNCTION place_taps(room uuid, at_most bigint) RETURNS bigint
    LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
    DECLARE
      counted bigint := COALESCE((SELECT all_up_to FROM live_sessiontally WHERE session_id = room), 0);
    BEGIN
      IF EXISTS ({_UNPLACED_THERE}) THEN
        BEGIN
          PERFORM pg_advisory_xact_lock(hashtextextended(room::text, 0));
        EXCEPTION WHEN lock_not_available THEN
          RETURN NULL;
        END;
        {PLACE.format(unplaced=_UNPLACED_THERE, at_most="at_most", **_IN_FUNCTION)};
      END IF;
      RETURN {NEWEST.format(session="room")};
    END $$"""  # noqa: S608

# SQLite has one writer at a time: ids become visible in order, and behind the last tap that has a place none is placed.
_COUNTED_THERE = """COALESCE((SELECT tap_id FROM live_tapplace WHERE session_id = %(session)s
          ORDER BY place DESC LIMIT 1), 0)"""
_ON_SQLITE = {"session": "%(session)s", "newest": NEWEST.format(session="%(session)s")}
_UNPLACED_ON_SQLITE = UNPLACED.format(session="%(session)s", counted=_COUNTED_THERE)
LOOK_ON_SQLITE = f"SELECT {_ON_SQLITE['newest']}, EXISTS ({_UNPLACED_ON_SQLITE})"
PLACE_ON_SQLITE = PLACE.format(unplaced=_UNPLACED_ON_SQLITE, at_most="%(at_most)s", **_ON_SQLITE) + " RETURNING place"


LAST_ID = "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('live_gifttap', 'id')), 0)"
# A prepared transaction has no process, and is one of them.
WRITERS = """SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'live_gifttap'::regclass AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'ShareLock', 'ShareUpdateExclusiveLock')
      AND pid IS DISTINCT FROM pg_backend_pid()"""
DECIDED_SECONDS = 1


def place_taps(session, at_most=BATCH):
    """Place committed taps of a session that have no place yet; return the newest place, 0 before the first.

    At most `at_most` taps, None for all. PostgreSQL: None, and nothing placed, if the room's lock wasn't free for a
    second; another process places these taps.
    """
    room = LiveSession._meta.pk.get_db_prep_value(session.pk, connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT place_taps(%s, %s::bigint)", [room, at_most])
            return cursor.fetchone()[0]
        cursor.execute(LOOK_ON_SQLITE, {"session": room})
        newest, has_unplaced = cursor.fetchone()
        if has_unplaced:
            # One statement, so it takes the write lock before it reads.
            cursor.execute(PLACE_ON_SQLITE, {"session": room, "at_most": -1 if at_most is None else at_most})
            newest = max([newest, *(place for (place,) in cursor.fetchall())])
        return newest


def place_the_rest(session):
    """Place every tap of a live that ends now; return the newest place.

    Within the transaction that holds the session's lock: every accepted tap is there, and no other will come.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Here and not in place_taps(), because there a lock that isn't free is no error.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [session.pk])
    return place_taps(session, at_most=None)


def last_decided_tap():
    """Return an id up to which every tap is committed or never will be; 0 if that isn't known within a second.

    Ids are handed out to transactions that hold a writer's lock on the table of taps until they end. So once each
    holder of that lock has ended, the ids before are decided. No other table and no other database counts.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT COALESCE(MAX(id), 0) FROM live_gifttap")
            return cursor.fetchone()[0]
        cursor.execute(LAST_ID)
        last = cursor.fetchone()[0]
        waits_for, until = None, time.monotonic() + DECIDED_SECONDS
        while time.monotonic() < until:
            cursor.execute(WRITERS)
            writers = {writer for (writer,) in cursor.fetchall()}
            waits_for = writers if waits_for is None else waits_for & writers
            if not waits_for:
                return last
            time.sleep(0.02)
        return 0


def with_placed_taps(sessions):
    """Place the taps of the sessions in the statement that reads them, annotated `newest_place`.

    PostgreSQL only: SQLite writes in no SELECT, and there a page costs one statement more.
    """
    if connection.vendor != "postgresql":
        return sessions
    placed = RawSQL("place_taps(live_livesession.id, %s::bigint)", [BATCH], models.BigIntegerField())
    return sessions.annotate(newest_place=placed)
