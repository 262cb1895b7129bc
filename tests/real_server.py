"""The site as it is served: granian, with processes of their own, on the database of the running test."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


class RealServer:
    """One granian with one process, on a port that it keeps when it is started again."""

    def __init__(self, *options, application="config.asgi:application", **environment):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.options, self.application, self.environment = options, application, environment
        self.process = None

    def start(self):
        command = [sys.executable, "-m", "granian", "--interface", "asgi", self.application]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--log-level", "error", *self.options]
        environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings"}
        environment |= {"DEMO": "1", "DEBUG": "0", "SECRET_KEY": settings.SECRET_KEY, "PYTHONWARNINGS": "ignore"}
        # The test database has no table for the site's cache.
        environment |= {"ALLOWED_HOSTS": "localhost,127.0.0.1", "CACHE_URL": "locmemcache://", **self.environment}
        self.process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
        return self

    def wait(self, seconds=60):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.process.poll() is None, "the server ended by itself"
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                    return self
            except urllib.error.URLError:
                time.sleep(0.05)
        raise AssertionError("the server didn't answer")

    def stop(self):
        """Stop it by SIGTERM as a supervisor does; return the seconds and the exit code."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        return time.monotonic() - began, code


@contextmanager
def serving(*options, processes=1, **environment):
    """Serve from that many separate servers as long as the block."""
    servers = [RealServer(*options, **environment).start() for _ in range(processes)]
    try:
        yield [server.wait() for server in servers]
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.stop()


def database_url():
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    host = known["OPTIONS"].get("host") or known["HOST"] or "localhost"
    who = f"{known['USER']}:{known['PASSWORD']}" if known["PASSWORD"] else known["USER"]
    if host.startswith("/"):
        return f"postgres://{who}@/{known['NAME']}?host={host}"
    return f"postgres://{who}@{host}:{known['PORT'] or 5432}/{known['NAME']}"
