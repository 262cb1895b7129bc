"""Placing: a reader of a feed gives each committed tap its place in it.

PostgreSQL hands out ids before commit, so a tap with a smaller id can become visible after one with a larger id. A
place is given to a tap that is already committed, under an advisory lock of its room. So no place becomes
visible after a larger one, even beside transactions that stay open.
"""

import time

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from live.models import LiveSession

# The most taps that one call places.
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
# One call is one transaction of the server, so a process that hangs in the middle of a read can't keep the lock. Each
# query in it has a snapshot of its own, and so sees the taps that were placed while it waited for the lock.
# A room without new taps costs one query. NULL: the lock wasn't free for a second.
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

# SQLite has one writer at a time, so ids become visible in order: every tap after the last placed one has no place.
_COUNTED_THERE = """COALESCE((SELECT tap_id FROM live_tapplace WHERE session_id = %(session)s
          ORDER BY place DESC LIMIT 1), 0)"""
_ON_SQLITE = {"session": "%(session)s", "newest": NEWEST.format(session="%(session)s")}
_UNPLACED_ON_SQLITE = UNPLACED.format(session="%(session)s", counted=_COUNTED_THERE)
LOOK_ON_SQLITE = f"SELECT {_ON_SQLITE['newest']}, EXISTS ({_UNPLACED_ON_SQLITE})"
PLACE_ON_SQLITE = PLACE.format(unplaced=_UNPLACED_ON_SQLITE, at_most="%(at_most)s", **_ON_SQLITE) + " RETURNING place"


LAST_ID = "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('live_gifttap', 'id')), 0)"
# A prepared transaction has no process (pid is null) and counts too.
WRITERS = """SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'live_gifttap'::regclass AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'ShareLock', 'ShareUpdateExclusiveLock')
      AND pid IS DISTINCT FROM pg_backend_pid()"""
DECIDED_SECONDS = 1


def place_taps(session: LiveSession, at_most: int | None = BATCH) -> int | None:
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
            # One query, so it takes the write lock before it reads.
            cursor.execute(PLACE_ON_SQLITE, {"session": room, "at_most": -1 if at_most is None else at_most})
            places = [place for (place,) in cursor.fetchall()]
            if not places:
                # Another connection placed them between the two queries, so the first one's answer is old.
                cursor.execute(LOOK_ON_SQLITE, {"session": room})
                places = [cursor.fetchone()[0]]
            newest = max(places)
        return newest


def place_the_rest(session: LiveSession) -> int:
    """Place every tap of a live that ends now; return the newest place.

    Call it in the transaction that locks the session's row: every accepted tap is committed, and later ones wait.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Lock here, because place_taps() gives up after a second without the lock.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [session.pk])
    newest = place_taps(session, at_most=None)
    assert newest is not None, "this transaction holds the lock"
    return newest


def last_decided_tap() -> int:
    """Return an id up to which every tap is committed or never will be; 0 if that isn't known within a second.

    A transaction that takes an id holds a writer's lock on the table of taps until it ends. So once each holder of
    that lock has ended, all ids before are decided. Locks on other tables and in other databases don't matter.
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


def with_placed_taps(sessions: QuerySet[LiveSession]) -> QuerySet[LiveSession]:
    """Place the taps of the sessions in the query that reads the sessions, annotated `newest_place`.

    PostgreSQL only: a SELECT on SQLite can't write, so there a page costs one more query.
    """
    if connection.vendor != "postgresql":
        return sessions
    placed = RawSQL("place_taps(live_livesession.id, %s::bigint)", [BATCH], models.BigIntegerField())
    return sessions.annotate(newest_place=placed)  # type: ignore[no-redef]
