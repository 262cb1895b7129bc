"""A circuit breaker: while the database is away only a probe waits for it, and every query fails at once."""

import enum
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, TimeoutError

import psycopg

from live.streams.threads import Threads

# A probe without an answer after so many seconds: the database hangs.
SILENCE_SECONDS = 1.8
# While the database is away, a request waits for a probe no longer than this.
GLANCE_SECONDS = 0.2
# A query that takes long has the database probed this often.
PAUSE_SECONDS = 2

log = logging.getLogger(__name__)


class Verdict(enum.Enum):
    """What a probe found: a session was opened, it was refused, or no answer has come."""

    ANSWERS = enum.auto()
    REFUSES = enum.auto()
    SILENT = enum.auto()


class DatabaseAway(psycopg.OperationalError):
    """The database was found away, so that nothing is asked of it. `is_logged`: the log has the outage already."""

    is_logged = True


class Outage:
    """Whether the database is away, as this process knows it.

    `connect` opens a session as the site's own are opened, asks for an answer, and closes it. It raises when it can't.
    """

    # Set by the servers: a query of theirs is given up when the database hangs. A migration or a command waits.
    is_watched = False

    def __init__(self, connect: Callable[[], None]) -> None:
        self._connect = connect
        self._thread = Threads(1, "database-probe")
        self._lock = threading.Lock()
        self._probe: Future | None = None
        self._probed_at = 0.0
        self._since: float | None = None
        self.reason = ""

    @property
    def is_on(self) -> bool:
        return self._since is not None

    def begin(self, why: str) -> None:
        """Note that the database is away; said in the log once."""
        with self._lock:
            if self._since is None:
                self._since = time.monotonic()
                log.error("The database is away, requests are answered with 503: %s", why)

    def away(self) -> DatabaseAway:
        return DatabaseAway(f"The database is away: {self.reason or 'it gives no answer'}")

    def let_through(self) -> None:
        """Return if the database isn't away, or has just come back. Else raise DatabaseAway, at once."""
        if not self.is_on:
            return
        if self.look(GLANCE_SECONDS) is not Verdict.ANSWERS:
            raise self.away()
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            log.warning("The database is back after %.1f s.", time.monotonic() - since)

    def look(self, seconds: float) -> Verdict:
        """Probe, or join the probe that is running, and return what it finds within some seconds."""
        probe, _ = self._begin_probe()
        try:
            error = probe.exception(seconds)
        except TimeoutError:
            return Verdict.SILENT
        self.reason = str(error).strip() if error else ""
        return Verdict.REFUSES if error else Verdict.ANSWERS

    def is_silent(self) -> bool:
        """Say, without waiting, whether a probe has had no answer for too long; begin one if need be."""
        if self.is_on:
            return True
        with self._lock:
            is_fresh = self._probe and self._probe.done() and time.monotonic() - self._probed_at < PAUSE_SECONDS
        return False if is_fresh else self._has_waited_too_long(*self._begin_probe())

    def _has_waited_too_long(self, probe, begun):
        return not probe.done() and time.monotonic() - begun > SILENCE_SECONDS

    def _begin_probe(self):
        """One probe at a time, however many ask."""
        with self._lock:
            if self._probe is None or self._probe.done():
                self._probe, self._probed_at = self._thread.submit(self._connect), time.monotonic()
            return self._probe, self._probed_at
