"""The backend that Django loads: its own for PostgreSQL, with our pool."""

import threading
from typing import Any

from django.conf import settings
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base

from config.postgresql import limits, pooler
from config.postgresql.connection import Connection, Probe
from config.postgresql.outage import Outage
from config.postgresql.pool import Pool

PROBE_CONNECT_SECONDS = 2


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread's access to the database. Pool and outage are one for the process."""

    _outages: dict[str, Outage] = {}
    # Django's own attribute, which its stubs lack.
    _connection_pools: dict[str, Pool]
    _making = threading.Lock()

    @property
    def outage(self) -> Outage:
        return self._outages.get(self.alias) or self._outages.setdefault(self.alias, Outage(self._probe))

    @property
    def pool(self) -> Pool | None:
        """Return the pool of the process, a new one after an outage; None where the settings name no pool."""
        if self.alias == NO_DB_ALIAS or not self.settings_dict["OPTIONS"].get("pool"):
            return None
        with self._making:
            pool = self._connection_pools.get(self.alias)
            if pool is None or pool.has_ended:
                pool = self._connection_pools[self.alias] = self._make_pool()
            return pool

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        if self.settings_dict["OPTIONS"].get("pool"):
            self.outage.let_through()
        return super().get_new_connection(conn_params)

    def _make_pool(self) -> Pool:
        return Pool(
            outage=self.outage,
            connection_class=Connection,
            kwargs=self._parameters(),
            configure=self._configure_connection,
            **self.settings_dict["OPTIONS"]["pool"],
        )

    def _parameters(self) -> dict[str, Any]:
        # Autocommit, as Django's own pool has it: each thread sets what it needs.
        return {**self.get_connection_params(), "autocommit": True}

    def _configure_connection(self, connection: Connection) -> bool:
        """Run for each new connection, in a pool or not."""
        if connection.prepare_threshold is not None and pooler.stands_between(connection):
            pooler.do_without_session_state("seen when a connection was opened")
            connection.prepare_threshold = None
        # Behind a pooler the session is another's next. There the role has the limits: see the README.
        if not (settings.BEHIND_PGBOUNCER or pooler.is_seen.is_set()):
            limits.set_limits(connection)
        return super()._configure_connection(connection)  # type: ignore[misc]

    def _probe(self) -> None:
        """Open a session as those of the site are opened, and have it answer."""
        parameters = {**self._parameters(), "connect_timeout": PROBE_CONNECT_SECONDS, "prepare_threshold": None}
        with Probe.connect(**parameters) as connection:
            connection.execute("SELECT 1")
