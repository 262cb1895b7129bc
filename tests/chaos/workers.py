"""Worker processes of the product, on the database of the running test, to be killed and started again."""

import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection


def environment(**more):
    """Return the environment of a worker process on the test's own database."""
    where = connection.get_connection_params()
    given = {name: where[name] for name in ("host", "port", "user", "password") if where.get(name)}
    address = f"postgresql:///{where['dbname']}?{urlencode(given)}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": address,
        "DATABASE_POOL_SIZE": "2",
        "SECRET_KEY": settings.SECRET_KEY,
        "DEBUG": "0",
        "DEMO": "1",
        "EMAIL_URL": "dummymail://",
        "CACHE_URL": "locmemcache://",
        "WORKER_PAUSE_SECONDS": "0.05",
        "LOG_LEVEL": "CRITICAL",
        **more,
    }


class Workers:
    """So many workers at once. `kill_one()` ends one as a power cut would, and starts another in its place."""

    def __init__(self, count, **more):
        self.environment, self.killed = environment(**more), 0
        self.running = [self._start() for _ in range(count)]

    def _start(self):
        return subprocess.Popen([sys.executable, "manage.py", "worker"], env=self.environment, cwd=settings.BASE_DIR)

    def kill_one(self, chance=random):
        place = chance.randrange(len(self.running))
        self.running[place].kill()
        self.running[place].wait()
        self.running[place] = self._start()
        self.killed += 1

    def stop(self):
        for one in self.running:
            one.terminate()
        for one in self.running:
            try:
                one.wait(20)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()


@contextmanager
def at_work(count, **more):
    """Let so many workers run as long as the block."""
    workers = Workers(count, **more)
    try:
        yield workers
    finally:
        workers.stop()


def wait_until(is_done, *, seconds, meanwhile=lambda: None):
    """Poll until the condition holds; fail after the timeout."""
    until = time.monotonic() + seconds
    meanwhile()
    while not is_done():
        assert time.monotonic() < until, f"not done within {seconds} s"
        time.sleep(0.1)
        meanwhile()
