"""Connections that notice when the database stops answering, and when prepared statements are lost on the way."""

import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.waiting import Ready

from config.postgresql.outage import Outage
from config.postgresql.pooler import do_without_session_state

T = TypeVar("T")

# A query without an answer for so long has the database probed.
PATIENCE_SECONDS = 0.8
PROBE_SECONDS = 2


class Probe(psycopg.Connection):
    """A connection that is given up when a query isn't answered in time."""

    def wait(self, gen: Generator[Any, Any, T], *arguments: Any, **options: Any) -> T:
        return super().wait(watched(gen, self._give_up), *arguments, **options)

    def _give_up(self, seconds: float) -> None:
        if seconds > PROBE_SECONDS:
            self.close()
            raise psycopg.OperationalError("The database didn't answer a probe.")


class Connection(psycopg.Connection):
    """A connection of the site. Its pool sets `outage`, and when it was last in use."""

    outage: Outage | None = None
    used_at = 0.0

    def wait(self, gen: Generator[Any, Any, T], *arguments: Any, **options: Any) -> T:
        """Wait for the answer to a query: as long as it takes, but only while the database answers others."""
        if self.outage is not None and self.outage.is_watched:
            gen = watched(gen, self._look_at_the_database)
        try:
            return super().wait(gen, *arguments, **options)
        except (errors.DuplicatePreparedStatement, errors.InvalidSqlStatementName) as error:
            # This request is answered with 503. Later ones use no prepared statements.
            do_without_session_state(str(error).strip())
            self.prepare_threshold = None
            raise

    def _look_at_the_database(self, seconds: float) -> None:
        if self.outage is None or seconds < PATIENCE_SECONDS or not self.outage.is_silent(seconds):
            return
        self.outage.begin(f"a query had no answer, and a probe neither. {self.outage.reason}")
        # Closed, so that a rollback doesn't wait for the same answer.
        self.close()
        raise psycopg.OperationalError("The database stopped answering in the middle of a query.")


def watched(gen: Generator[Any, Any, T], look: Callable[[float], None]) -> Generator[Any, Any, T]:
    """Wrap a generator of psycopg: whenever nothing has come for a moment, call `look` with the seconds waited."""
    began = time.monotonic()
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready == Ready.NONE:
                look(time.monotonic() - began)
            else:
                began = time.monotonic()
            wanted = gen.send(ready)
    except StopIteration as end:
        return end.value
