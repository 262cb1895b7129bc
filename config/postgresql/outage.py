"""A circuit breaker: while the database is away only a probe waits for it, and every query fails at once."""

import enum
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, TimeoutError

import psycopg

from live.streams.threads import Threads

# A probe without an answer after so many seconds, or nothing but refusals for so long: a query waits in vain.
SILENCE_SECONDS = 1.8
# While the database is away, a request waits for a probe no longer than this.
GLANCE_SECONDS = 0.5
# A query that takes long has the database probed this often, and after a refusal this often.
PAUSE_SECONDS = 2
PAUSE_WHEN_REFUSED_SECONDS = 0.5

log = logging.getLogger(__name__)


class Verdict(enum.Enum):
    """The result of a probe: a session was opened, it was refused, or no answer has come."""

    ANSWERS = enum.auto()
    REFUSES = enum.auto()
    SILENT = enum.auto()


class DatabaseAway(psycopg.OperationalError):
    """The database was found away, so that no query is sent to it. `is_logged`: the log has the outage already."""

    is_logged = True


class Outage:
    """The state of the database as this process knows it: away or not.

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
        self._refused_since: float | None = None
        self._since: float | None = None
        self.reason = ""

    @property
    def is_on(self) -> bool:
        return self._since is not None

    def begin(self, why: str) -> None:
        """Note that the database is away, and log it once."""
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
        asked_at = time.monotonic()
        verdict = self.look(GLANCE_SECONDS)
        if verdict is Verdict.REFUSES and self._probed_at < asked_at:
            # The probe is older than this request. It may have failed just before the database came back.
            verdict = self.look(GLANCE_SECONDS / 2)
        if verdict is not Verdict.ANSWERS:
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
        return Verdict.REFUSES if error else Verdict.ANSWERS

    def is_silent(self, waited: float) -> bool:
        """Say, without waiting, whether a query waits in vain that has waited so many seconds; probe if need be.

        One refusal means nothing: a server that has no connection left still works on those that it has.
        """
        if self.is_on:
            return True
        probe, begun, refused = self._probe, self._probed_at, self._refused_since
        age = time.monotonic() - begun
        pause = PAUSE_SECONDS if refused is None else PAUSE_WHEN_REFUSED_SECONDS
        # A probe from before the query says nothing about it.
        if probe is None or (probe.done() and age > min(pause, waited)):
            self._begin_probe()
            return False
        if probe.done():
            return refused is not None and time.monotonic() - refused > SILENCE_SECONDS
        return age > SILENCE_SECONDS

    def _begin_probe(self) -> tuple[Future[None], float]:
        """Run one probe at a time; other threads wait for its result."""
        with self._lock:
            if self._probe is None or self._probe.done():
                self._probe, self._probed_at = self._thread.submit(self._ask), time.monotonic()
            return self._probe, self._probed_at

    def _ask(self) -> None:
        try:
            self._connect()
        except Exception as error:
            self.reason = str(error).strip()
            self._refused_since = self._refused_since or time.monotonic()
            raise
        self.reason, self._refused_since = "", None
