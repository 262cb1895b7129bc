"""The address and port on which the demo listens, and a check that they are free."""

import errno
import http.client
import ipaddress
import os
import socket
import urllib.request
from argparse import ArgumentTypeError
from typing import NamedTuple

from django.core.management.base import CommandError


class Address(NamedTuple):
    """An IP address and a port to listen on."""

    host: str
    port: int

    @property
    def is_open(self) -> bool:
        """Whether other machines may reach it."""
        return not ipaddress.ip_address(self.host).is_loopback

    @property
    def reached_at(self) -> str:
        """Return the host and port under which this machine reaches it: 0.0.0.0 stands for every address."""
        ip = ipaddress.ip_address(self.host)
        if ip.is_unspecified:
            ip = ipaddress.ip_address("127.0.0.1" if ip.version == 4 else "::1")
        return f"[{ip}]:{self.port}" if ip.version == 6 else f"{ip}:{self.port}"

    @property
    def name(self) -> str:
        """Return the host and port to open in a browser of this machine. Passkeys need the name localhost."""
        ip = ipaddress.ip_address(self.host)
        return f"localhost:{self.port}" if ip.is_loopback or ip.is_unspecified else self.reached_at

    @property
    def url(self) -> str:
        return f"http://{self.name}/"


def port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65_535):
        raise ArgumentTypeError(f"{text!r} isn't a port. Take a number from 1 to 65535, for example 8000.")
    return int(text)


def host_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address("127.0.0.1" if text == "localhost" else text))
    except ValueError as error:
        raise ArgumentTypeError(
            f"{text!r} isn't an IP address. Take 127.0.0.1 for this machine alone, 0.0.0.0 for others too."
        ) from error


def address_of_environment(host: str | None = None, port: int | None = None) -> Address:
    """Return the Address that the options name, else HOST and PORT, else 127.0.0.1 and 8000."""
    try:
        host = host or host_address(os.environ.get("HOST") or "127.0.0.1")
    except ArgumentTypeError as error:
        raise CommandError(f"HOST: {error}") from error
    try:
        return Address(host, port or port_number(os.environ.get("PORT") or "8000"))
    except ArgumentTypeError as error:
        raise CommandError(f"PORT: {error}") from error


def refuse_taken(address: Address) -> None:
    """Raise CommandError if another program listens there, or the machine has no such address."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(tuple(address))
        except PermissionError as error:
            raise CommandError(
                f"Port {address.port} needs more rights. Take one above 1023: PORT=8000 make demo"
            ) from error
        except OSError as error:
            raise CommandError(_why_not(address, error)) from error


def _why_not(address: Address, error: OSError) -> str:
    """Return the reason why the port can't be bound, and a way out: it may be a demo that runs already."""
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST: this machine doesn't have the address {address.host}. Take 127.0.0.1 or 0.0.0.0."
    other = f"PORT={address.port + 1 if address.port < 65_535 else 8_000} make demo"
    if demo_answers(address):
        return (
            f"A demo is running already: open {address.url}. "
            f"End it with Ctrl-C where it was started, or start this one on another port: {other}"
        )
    return f"Port {address.port} is in use by another program. Stop it, or take another port: {other}"


def demo_answers(address: Address) -> bool:
    """Return whether a demo answers at the address: its log-in page lists the demo's accounts."""
    try:
        with urllib.request.urlopen(f"http://{address.name}/accounts/login/", timeout=5) as page:
            return b"Accounts of the demo" in page.read()
    except (OSError, http.client.HTTPException):
        return False
