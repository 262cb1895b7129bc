"""The demo's address, and its message when the port is taken."""

import socket

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from live.demo.address import Address, address_of_environment, refuse_taken
from live.demo.processes import children, demo_environment

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.delenv("PORT", raising=False)


def test_this_machine_alone_by_default():
    address = address_of_environment()

    assert address == ("127.0.0.1", 8000)
    assert (address.is_open, address.url, address.reached_at) == (False, "http://localhost:8000/", "127.0.0.1:8000")


@pytest.mark.parametrize(
    ("host", "url", "reached_at", "is_open"),
    [
        ("localhost", "http://localhost:8001/", "127.0.0.1:8001", False),
        ("0.0.0.0", "http://localhost:8001/", "127.0.0.1:8001", True),
        ("::", "http://localhost:8001/", "[::1]:8001", True),
        ("::1", "http://localhost:8001/", "[::1]:8001", False),
        ("192.168.1.5", "http://192.168.1.5:8001/", "192.168.1.5:8001", True),
        ("fd00::7", "http://[fd00::7]:8001/", "[fd00::7]:8001", True),
    ],
)
def test_host_names_the_address(monkeypatch, host, url, reached_at, is_open):
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", "8001")
    address = address_of_environment()

    assert (address.url, address.reached_at, address.is_open) == (url, reached_at, is_open)


def test_other_machines_come_by_any_name():
    assert demo_environment(Address("0.0.0.0", 8000))["ALLOWED_HOSTS"] == "*"
    assert "*" not in demo_environment(Address("127.0.0.1", 8000))["ALLOWED_HOSTS"]
    server = children(Address("0.0.0.0", 8001))[0].command
    assert server[server.index("--host") :][:4] == ["--host", "0.0.0.0", "--port", "8001"]


@pytest.mark.parametrize("host", ["example.com", "300.1.1.1", "*", "x86_64-conda-linux-gnu"])
def test_host_that_is_no_address_is_refused(monkeypatch, host):
    monkeypatch.setenv("HOST", host)

    with pytest.raises(CommandError, match=r"HOST: .* isn't an IP address\. Take 127\.0\.0\.1 for this machine alone"):
        call_command("demo")


def test_address_of_another_machine_is_refused():
    with pytest.raises(CommandError, match=r"this machine doesn't have the address 203\.0\.113\.7"):
        refuse_taken(Address("203.0.113.7", 8000))


def test_port_that_is_taken_on_every_address_is_named():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CommandError, match=f"PORT={port + 1 if port < 65_535 else 8_000} make demo"):
            refuse_taken(Address("0.0.0.0", port))


def test_makefile_hands_the_host_on():
    assert "export HOST\n" in (settings.BASE_DIR / "Makefile").read_text()
