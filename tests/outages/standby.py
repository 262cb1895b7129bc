"""A synchronous standby of a cluster: each commit is on both before it is acknowledged."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path


class Standby:
    def __init__(self, primary):
        self.primary = primary
        self.room = Path(tempfile.mkdtemp(prefix="ovation-pg-", dir="/tmp"))
        # Not the data's directory, which has a copy of the primary's socket.
        self.host, self.data = self.room, self.room / "data"
        if user := primary.server.system_user:
            shutil.chown(self.room, user)
        primary.program("pg_basebackup", "-h", primary.data, "-U", "postgres", "-D", self.data, "-R", "-c", "fast")
        options = f'-h "" -k {self.host}'
        primary.program("pg_ctl", "-w", "-D", self.data, "-l", self.room / "log", "-o", options, "start")
        with primary.session() as session:
            session.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            session.execute("SELECT pg_reload_conf()")

    def promote(self):
        self.primary.program("pg_ctl", "-w", "-D", self.data, "promote")

    def end(self):
        """Remove it, and start the primary that it took over from as it was, for the tests that come after."""
        self.primary.program("pg_ctl", "-w", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.room)
        self.primary.start()
        with self.primary.session() as session:
            session.execute("ALTER SYSTEM RESET synchronous_standby_names")
            session.execute("SELECT pg_reload_conf()")


@contextmanager
def standby_of(cluster):
    standby = Standby(cluster)
    try:
        yield standby
    finally:
        standby.end()
