"""The child processes of the demo: the server, the worker and the simulated viewers, started and ended together."""

import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

from django.conf import settings

from live.demo.address import Address

# A child that ends more often ends the demo, so that its fault is seen.
MOST_RESTARTS = 3
SECONDS_TO_END = 4


class Stopped(Exception):
    """The demo must end: by a signal (no text), or for the reason in the text."""


@dataclass
class Child:
    """One process of the demo. If it ends by itself it is restarted, unless it is essential."""

    name: str
    command: list[str]
    is_essential: bool = False
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0


def children(address: Address) -> list[Child]:
    """Return the children: the server, the worker, the simulated viewers."""
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    server = [sys.executable, "-m", "granian", "--interface", "asgi", "config.asgi:application"]
    server += ["--host", address.host, "--port", str(address.port), "--workers", "1"]
    # Streams end by themselves; without this time-out another open connection would keep the server running.
    server += ["--workers-kill-timeout", "2", "--no-access-log", "--log-level", "error"]
    # Otherwise one killed process, for example for lack of memory, ends the whole server.
    server += ["--respawn-failed-workers"]
    return [
        Child("server", server, is_essential=True),
        Child("worker", [*manage, "worker"]),
        Child("simulated viewers", [*manage, "crowd"]),
    ]


def demo_environment(address: Address) -> dict[str, str]:
    """Return the environment of the children: demo mode, and a secret key that is stored at the first start."""
    environment = {**os.environ, "DEMO": "1", "DEBUG": "0", "PYTHONUNBUFFERED": "1"}
    # The demo is reached as localhost, beside the hosts of `.env`. On an open address, other machines may use any name.
    here = ["localhost", "127.0.0.1", "[::1]", *settings.ALLOWED_HOSTS]
    environment["ALLOWED_HOSTS"] = "*" if address.is_open else ",".join(here)
    # The demo serves static files without collectstatic, so the warning about the missing folder is ignored.
    environment.setdefault("PYTHONWARNINGS", "ignore:No directory at:UserWarning")
    if not environment.get("SECRET_KEY") or settings.SECRET_KEY == settings.DEVELOPMENT_KEY:
        environment["SECRET_KEY"] = secret_key()
    return environment


def secret_key() -> str:
    """Return the demo's secret key. The first start writes it to a file that only its owner can read."""
    path = settings.VAR_DIR / "secret-key"
    path.parent.mkdir(exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()


def start(child: Child, environment: dict[str, str]) -> None:
    child.process = subprocess.Popen(child.command, env=environment, cwd=settings.BASE_DIR)  # noqa: S603


def wait_until_ready(address: Address, server: Child, seconds: float = 120) -> None:
    """Wait until the site answers on /readyz. Raise Stopped if the server ends or stays silent."""
    assert server.process, "start() has run"
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise Stopped(f"The server ended by itself (exit code {server.process.returncode}).")
        try:
            with urllib.request.urlopen(f"http://{address.reached_at}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise Stopped(f"The server didn't become ready within {seconds} seconds.")


def watch(running: list[Child], environment: dict[str, str], say: Callable[[str], None]) -> NoReturn:
    """Restart children that end by themselves. Raise Stopped for an essential one, or after MOST_RESTARTS."""
    while True:
        time.sleep(0.5)
        for child in running:
            assert child.process, "start() has run"
            code = child.process.poll()
            if code is None:
                continue
            if child.is_essential or child.restarts >= MOST_RESTARTS:
                raise Stopped(f"The {child.name} ended by itself (exit code {code}).")
            child.restarts += 1
            say(f"The {child.name} ended by itself (exit code {code}) and is started again.")
            start(child, environment)


def end_all(running: list[Child]) -> None:
    """Send SIGTERM to every child, and SIGKILL after SECONDS_TO_END."""
    alive = [child.process for child in running if child.process and child.process.poll() is None]
    for process in alive:
        process.terminate()
    until = time.monotonic() + SECONDS_TO_END
    for process in alive:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def raise_stopped(number: int, frame: FrameType | None) -> None:
    """Handle the signals that end the demo. Ignore them from here on, so that the shutdown isn't interrupted."""
    for each in ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped("")


ENDING_SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
