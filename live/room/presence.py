"""Viewers now: each server process writes how many viewers it serves in a live, and a room's reader adds them up.

There is one row per process and live, written every few seconds while the live has viewers. So writes grow with
processes, not with viewers. The row of a process that died counts until it is FORGET old.
"""

import os
import threading
import time
from collections.abc import Hashable
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from live.models import LiveSession, Presence

SAY_SECONDS = 5
FORGET = timedelta(seconds=20)
# A poller counts until several polls are missing.
POLLER_SECONDS = 10
FREE = "SELECT id FROM live_livesession WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED"
# Each room asks once a second, so the ORM doesn't build it each time.
VIEWERS = "SELECT COALESCE(SUM(viewers), 0) FROM live_presence WHERE session_id = %s AND seen_at > %s"
# A live without polls stays in memory for this long.
QUIET_SECONDS = 60


def process_of(kind: str) -> UUID:
    """Return the id of this process's rows for one kind of viewers. A forked process gets an id of its own."""
    return _id_of(kind, os.getpid())


@cache
def _id_of(kind: str, process: int) -> UUID:
    return uuid4()


def say_viewers(session_id: UUID, process: UUID, viewers: int, *, now: datetime | None = None) -> None:
    """Write how many viewers one process serves in a live; 0 deletes the row."""
    if not viewers:
        Presence.objects.filter(session=session_id, process=process).delete()
        return
    note = Presence(session_id=session_id, process=process, viewers=viewers, seen_at=now or timezone.now())
    Presence.objects.bulk_create(
        [note],
        update_conflicts=True,
        unique_fields=["session", "process"],
        update_fields=["viewers", "seen_at"],
    )


def viewers_now(session: LiveSession) -> int:
    """Return how many viewers a live has at the moment, over all processes."""
    since = connection.ops.adapt_datetimefield_value(timezone.now() - FORGET)
    with connection.cursor() as cursor:
        cursor.execute(VIEWERS, [LiveSession._meta.pk.get_db_prep_value(session.pk, connection), since])
        return int(cursor.fetchone()[0])


def keep_peak(session: LiveSession, viewers: int) -> None:
    """Raise a live's peak of viewers. If another transaction has locked the row, leave it for the next call.

    A room's reader calls this between two reads of the feed, so it must not wait for a lock.
    """
    if viewers <= session.peak_viewers:
        return
    lives = LiveSession.objects.filter(pk=session.pk, peak_viewers__lt=viewers)
    if connection.vendor == "postgresql":
        # One query locks and updates: between two, a stalled process would keep its transaction open.
        lives = lives.filter(pk__in=RawSQL(FREE, [session.pk]))  # noqa: S611
    if lives.update(peak_viewers=viewers):
        session.peak_viewers = viewers


def forget_old_presence() -> int:
    """Delete the rows of processes that stopped writing them; return how many."""
    return Presence.objects.filter(seen_at__lt=timezone.now() - 3 * FORGET).delete()[0]


class Pollers:
    """The viewers who poll one process every few seconds."""

    def __init__(self) -> None:
        self._seen: dict[UUID, dict[Hashable, float]] = {}
        self._said: dict[UUID, float] = {}
        self._lock = threading.Lock()

    def note(self, session: LiveSession, who: Hashable, *, now: float | None = None) -> None:
        """Count one poller. Every SAY_SECONDS, write how many there are, in at most three queries.

        `now` is in seconds of the process's monotonic clock.
        """
        now = time.monotonic() if now is None else now
        with self._lock:
            here = self._seen.setdefault(session.pk, {})
            here[who] = now
            if now - self._said.get(session.pk, now - SAY_SECONDS) < SAY_SECONDS:
                return
            self._said[session.pk] = now
            viewers = self._count(session.pk, now)
            self._forget_quiet(now)
        say_viewers(session.pk, process_of("polls"), viewers)
        keep_peak(session, viewers_now(session))

    def _forget_quiet(self, now: float) -> None:
        """Drop lives without polls from memory: a process outlives many of them."""
        for session_id in [quiet for quiet, said in self._said.items() if now - said > QUIET_SECONDS]:
            del self._seen[session_id], self._said[session_id]

    def _count(self, session_id: UUID, now: float) -> int:
        here = {who: seen for who, seen in self._seen[session_id].items() if now - seen < POLLER_SECONDS}
        self._seen[session_id] = here
        return len(here)


pollers = Pollers()
