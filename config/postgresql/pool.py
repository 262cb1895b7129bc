"""The pool of a process: it lends only live connections, and fails soon when it has none."""

import select
import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn, cast

from psycopg_pool import ConnectionPool, PoolTimeout

from config.postgresql import pooler
from config.postgresql.connection import Connection
from config.postgresql.outage import SILENCE_SECONDS, Outage, Verdict

# A request that waits longer for a connection has the database probed.
FIRST_SECONDS = 0.25
# A connection that lay unused for longer is asked whether it lives: a lost network closes nothing.
IDLE_SECONDS = 1


class Pool(ConnectionPool[Connection]):
    """A pool that probes the database when it has no connection to lend, and ends with an outage.

    The back-off of the pool's own attempts would keep the site away for seconds after the database is back. So an
    outage closes the pool, and the first request that finds the database back opens a new one.
    """

    has_ended = False

    def __init__(self, *, outage: Outage, configure: Callable[[Connection], bool], **options: Any) -> None:
        self.outage = outage
        self._let_out = 0
        self._counting = threading.Lock()

        def prepare(connection: Connection) -> None:
            connection.outage, connection.used_at = outage, time.monotonic()
            configure(connection)

        super().__init__(open=False, configure=prepare, check=check_that_it_lives, **options)

    def getconn(self, timeout: float | None = None) -> Connection:
        until = time.monotonic() + (self.timeout if timeout is None else timeout)
        try:
            connection = super().getconn(FIRST_SECONDS)
        except PoolTimeout:
            connection = self._wait_for_one(until, self._look())
        self._count(+1)
        if pooler.is_seen.is_set():
            connection.prepare_threshold = None
        return connection

    def putconn(self, conn: Connection) -> None:
        self._count(-1)
        conn.used_at = time.monotonic()
        super().putconn(conn)

    def close(self, timeout: float = 5.0) -> None:
        self.has_ended = True
        super().close(timeout)

    def _look(self) -> Verdict:
        """Probe the database; close the pool if it is away. Refused while connections are lent, it may just be full."""
        verdict = Verdict.SILENT if self.outage.is_on else self.outage.look(SILENCE_SECONDS)
        if verdict is Verdict.SILENT or (verdict is Verdict.REFUSES and not self._let_out):
            self._end(verdict)
        return verdict

    def _wait_for_one(self, until: float, verdict: Verdict) -> Connection:
        try:
            return super().getconn(max(0.01, until - time.monotonic()))
        except PoolTimeout:
            if verdict is Verdict.REFUSES:
                self._end(verdict)
            raise

    def _end(self, verdict: Verdict) -> NoReturn:
        self.outage.begin("a probe had no answer" if verdict is Verdict.SILENT else self.outage.reason)
        # Requests that wait for a connection fail at once. Threads that still try to connect end by themselves.
        self.close(timeout=0)
        raise self.outage.away()

    def _count(self, by: int) -> None:
        with self._counting:
            self._let_out += by


def check_that_it_lives(connection: Connection) -> None:
    """Let a connection through that can be used. The first dead one closes all idle ones of the pool.

    A server that restarts closes its end, which can be seen without asking. Asking takes a round trip.
    """
    if time.monotonic() - connection.used_at < IDLE_SECONDS and not _has_something_to_say(connection):
        return
    try:
        ConnectionPool.check_connection(connection)
    except Exception:
        cast("Pool", connection._pool).drain()
        raise


def _has_something_to_say(connection: Connection) -> bool:
    """Say whether the server sent something, or closed, while nothing was asked."""
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))
