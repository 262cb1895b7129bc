"""Viewers now: each server process says how many watch a live through it, and a room's reader adds them up.

A row per process and live, written every few seconds while somebody watches: writes grow with processes, not with
viewers. What a process that died said is forgotten after a while.
"""

import os
import threading
import time
from datetime import timedelta
from functools import cache
from uuid import uuid4

from django.db import connection
from django.db.models import Sum
from django.db.models.expressions import RawSQL
from django.utils import timezone

from live.models import LiveSession, Presence

SAY_SECONDS = 5
FORGET = timedelta(seconds=20)
# Somebody who polls counts until they have missed a few polls.
POLLER_SECONDS = 10
FREE = "SELECT id FROM live_livesession WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED"
# For so long a live is kept in mind that nobody polls any more.
QUIET_SECONDS = 60


def process_of(kind):
    """Return the id under which this process says what it sees of one kind of viewers; not shared after a fork."""
    return _id_of(kind, os.getpid())


@cache
def _id_of(kind, process):
    return uuid4()


def say_viewers(session_id, process, viewers, *, now=None):
    """Note how many watch a live through one process; 0 takes the note back."""
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


def viewers_now(session, *, now=None):
    """Return how many watch a live at the moment, through all processes."""
    fresh = session.presence.filter(seen_at__gt=(now or timezone.now()) - FORGET)
    return fresh.aggregate(sum=Sum("viewers"))["sum"] or 0


def keep_peak(session, viewers):
    """Remember the most viewers that a live has had at once. A row that somebody else has locked waits for later.

    A room's reader does this between two looks at the feed, and must not wait for another's transaction.
    """
    if viewers <= session.peak_viewers:
        return
    lives = LiveSession.objects.filter(pk=session.pk, peak_viewers__lt=viewers)
    if connection.vendor == "postgresql":
        # One statement: a transaction of two would stay open while the process hangs between them.
        lives = lives.filter(pk__in=RawSQL(FREE, [session.pk]))  # noqa: S611
    if lives.update(peak_viewers=viewers):
        session.peak_viewers = viewers


def forget_old_presence(now=None):
    """Delete what processes said that don't say anything any more; return how many rows that were."""
    return Presence.objects.filter(seen_at__lt=(now or timezone.now()) - 3 * FORGET).delete()[0]


class Pollers:
    """Those who watch by asking every few seconds, as one process sees them."""

    def __init__(self):
        self._seen = {}
        self._said = {}
        self._lock = threading.Lock()

    def note(self, session, who, *, now=None):
        """Count somebody who polls; every few seconds, say how many there are: three statements at most, else none.

        `now` is in seconds of the process's own clock.
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

    def _forget_quiet(self, now):
        """Let go of lives that nobody polls any more: a process outlives many of them."""
        for session_id in [quiet for quiet, said in self._said.items() if now - said > QUIET_SECONDS]:
            del self._seen[session_id], self._said[session_id]

    def _count(self, session_id, now):
        here = {who: seen for who, seen in self._seen[session_id].items() if now - seen < POLLER_SECONDS}
        self._seen[session_id] = here
        return len(here)


pollers = Pollers()
