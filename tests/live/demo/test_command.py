"""make demo: where it refuses to run, its secret key, and how its processes start and end."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from live.demo import processes as demo_processes
from live.demo.cast import ACCOUNTS
from live.demo.world import refuse_foreign_database
from live.models import LiveSession
from people.refusals import Refusal
from tests.factories import make_user


@pytest.mark.django_db
def test_demo_is_refused_in_production_whose_accounts_would_have_a_known_password(settings):
    settings.LOCAL = False
    with pytest.raises(Refusal, match="a known password, and this is production"):
        refuse_foreign_database()


@pytest.mark.django_db
def test_demo_is_refused_if_somebody_has_an_address_of_its_cast():
    make_user("Vera", email="vera@example.com")
    with pytest.raises(CommandError, match="address of the demo"):
        call_command("demo", "--no-serve")


@pytest.mark.django_db
def test_a_taken_port_is_named_with_a_way_out():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CommandError, match=f"PORT={port + 1} make demo"):
            call_command("demo", port=port)


@pytest.mark.django_db
def test_a_demo_that_runs_already_is_named_with_its_address(live_server, settings):
    settings.LOCAL = True
    port = int(live_server.url.rsplit(":", 1)[1])
    with pytest.raises(CommandError, match=f"A demo is running already: open http://localhost:{port}/"):
        call_command("demo", port=port)
    assert not LiveSession.objects.exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "٣٠٠٠"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(CommandError, match="isn't a port"):
        call_command("demo")


def test_the_secret_key_is_made_once_and_for_its_owner_alone(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    key = demo_processes.secret_key()
    assert len(key) >= 50
    assert demo_processes.secret_key() == key
    assert stat.S_IMODE((settings.VAR_DIR / "secret-key").stat().st_mode) == 0o600


def test_the_worker_is_started_again_a_few_times_and_then_the_demo_ends():
    worker = demo_processes.Child("worker", [sys.executable, "-c", ""])
    demo_processes.start(worker, {})
    said = []
    with pytest.raises(demo_processes.Stopped, match="The worker ended by itself"):
        demo_processes.watch([worker], {}, said.append)
    assert len(said) == demo_processes.MOST_RESTARTS


def test_without_its_server_the_demo_ends_at_once():
    server = demo_processes.Child("server", [sys.executable, "-c", "raise SystemExit(3)"], is_essential=True)
    demo_processes.start(server, {})
    with pytest.raises(demo_processes.Stopped, match=r"The server ended by itself \(exit code 3\)"):
        demo_processes.watch([server], {}, print)


@pytest.mark.once
def test_demo_serves_and_sigterm_ends_everything(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DEMO": "1",
        "PORT": str(port),
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo"]
    log = tmp_path / "demo.log"
    with log.open("w") as output:
        demo = subprocess.Popen(command, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        wait_for(lambda: "Open http://localhost" in log.read_text() or demo.poll() is not None, seconds=240)
        assert demo.poll() is None, log.read_text()
        with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200
        assert all(email in log.read_text() for email, *_ in ACCOUNTS)
    finally:
        os.killpg(demo.pid, signal.SIGTERM)
        demo.wait(20)
    assert demo.returncode == 0
    wait_for(lambda: not group_is_alive(demo.pid), seconds=5)


def wait_for(condition, seconds):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"nothing within {seconds} seconds"
        time.sleep(0.2)


def group_is_alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
