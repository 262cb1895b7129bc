"""The site under granian, as in production but on plain http; and applications of peers."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

PROCESSES = 2
THREADS = 4


SITE = "config.asgi:application"


@contextmanager
def serving(database_url, *, processes=PROCESSES, application=SITE, options=("--interface", "asgi"), **settings):
    """Serve an application on a free port as long as the block; yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    environment |= {"ALLOWED_HOSTS": "localhost,127.0.0.1", "TAPS_PER_SECOND": "1000", "WEB_THREADS": str(THREADS)}
    command = [sys.executable, "-m", "granian", *options, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(processes), "--no-access-log", "--backlog", "8192", "--backpressure", "8192"]
    command += ["--log-level", "error", "--workers-kill-timeout", "2", application]
    server = subprocess.Popen(command, env=environment | settings)
    try:
        wait_until_ready(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def wait_until_ready(server, port):
    for _ in range(150):
        if server.poll() is not None:
            raise RuntimeError("the server ended before it answered")
        try:
            urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server didn't answer within 30 s")
