"""A PostgreSQL of a test's own, to be stopped, frozen and filled up, with a copy of the running test's database."""

import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

from tests import postgres
from tests.real_server import database_url


class Cluster:
    """One server with the database `ovation`. Every method ends within seconds."""

    def __init__(self, *configuration):
        self.postgres = postgres.Server()
        self.server, self.directory = self.postgres.server, self.postgres.directory
        if configuration:
            with Path(self.data, "postgresql.conf").open("a") as file:
                file.writelines(f"{line}\n" for line in configuration)
            self.restart()

    @property
    def data(self):
        return self.server.pgdata

    @property
    def url(self):
        return f"postgres://postgres@/ovation?host={self.data}"

    def program(self, name, *arguments):
        """Run a program of PostgreSQL as the user that the server runs as; return what it printed."""
        command = [str(self.server.bin_path / name), *map(str, arguments)]
        done = subprocess.run(
            command, check=False, user=self.server.system_user, cwd="/tmp", capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def copy(self, url):
        """Make the database `ovation` as the one at an address is now."""
        with self.session("postgres") as session:
            session.execute("CREATE DATABASE ovation")
        file = Path(self.directory.name, "dump.sql")
        dump = [str(self.server.bin_path / "pg_dump"), "--no-owner", "--file", str(file), url]
        subprocess.run(dump, check=True, timeout=60)
        subprocess.run(
            [str(self.server.bin_path / "psql"), "--quiet", "--output=/dev/null", "--file", str(file), self.url],
            check=True, timeout=60,
        )  # fmt: skip
        return self

    def session(self, database="ovation"):
        return psycopg.connect(f"postgresql://postgres@/{database}?host={self.data}", autocommit=True)

    def stop(self, mode="fast"):
        # pg_ctl waits with -w until its pid file is gone; its output is a file, or the server would keep the pipe.
        self.program("pg_ctl", "-w", "-D", self.data, "-m", mode, "stop")

    def start(self):
        self.server.ensure_postgres_running()

    def restart(self):
        self.stop()
        self.start()

    @contextmanager
    def frozen(self):
        """Stop every process of the server where it is, as a machine does whose disk hangs."""
        postmaster = psutil.Process(int(Path(self.data, "postmaster.pid").read_text().split()[0]))
        processes = []
        try:
            # The postmaster first: a stopped one neither starts a child nor reaps one that ended. So no process of
            # the list can be gone, although a connection or an autovacuum worker may end at any moment.
            _stop(postmaster, processes)
            for child in postmaster.children(recursive=True):
                _stop(child, processes)
            yield
        finally:
            # The postmaster last, so that it reaps none of them before.
            for process in reversed(processes):
                process.resume()

    def end(self):
        self.postgres.shut_down()


def _stop(process, stopped):
    """Stop a process and wait until it stands: a signal is delivered a moment after it is sent."""
    process.suspend()
    stopped.append(process)
    while process.status() not in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}:
        time.sleep(0.001)


@contextmanager
def cluster(*configuration):
    one = Cluster(*configuration)
    try:
        yield one
    finally:
        one.end()


@contextmanager
def copied(*configuration):
    """A cluster with a copy of the test's own database."""
    with cluster(*configuration) as one:
        yield one.copy(database_url())
