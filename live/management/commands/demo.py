"""`make demo`: migrate, build the demo world once, and run everything it needs until Ctrl-C."""

import os
import signal
import socket
import time
from argparse import ArgumentTypeError
from contextlib import contextmanager

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from live import demo_processes as processes
from live.demo import build_demo, demo_is_built, wake_creators
from live.demo_cast import ACCOUNTS, PASSWORD
from people.refusals import Refusal


def port_number(text):
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65_535):
        raise ArgumentTypeError(f"{text!r} isn't a port. Take a number from 1 to 65535, for example 8000.")
    return int(text)


class Command(BaseCommand):
    help = "Build the demo world and serve it on localhost. Safe to repeat: everything that is there is reused."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("--no-serve", action="store_true", help="the database and the demo world only")
        parser.add_argument("--port", type=port_number, default=None, help="default: $PORT, else 8000")

    def handle(self, *args, no_serve, port, **options):
        if no_serve:
            self.prepare()
            self.print_accounts()
        else:
            self.run(port or port_of_environment())

    def run(self, port):
        """Prepare and serve, until a signal comes or something can't be kept running."""
        refuse_taken_port(port)
        for number in processes.ENDING_SIGNALS:
            signal.signal(number, processes.raise_stopped)
        try:
            self.prepare()
            self.serve(port)
        except processes.Stopped as stopped:
            if str(stopped):
                raise CommandError(f"{stopped} The demo has ended.") from stopped
            self.say("\nThe demo has ended.")

    def prepare(self):
        """Bring the database up to date and the demo world into it."""
        try:
            with self.stage(f"Database ({connection.vendor}): migrations"):
                call_command("migrate", verbosity=0, interactive=False)
            if demo_is_built():
                with self.stage("Demo world is there; waking Cleo and Tove"):
                    wake_creators()
            else:
                with self.stage("Demo world: people, 1,500 fans, two months of lives"):
                    build_demo()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except OperationalError as error:
            raise CommandError(f"The database doesn't answer. DATABASE_URL says where it is. {error}") from error
        finally:
            connection.close()

    def serve(self, port):
        """Run server, worker and viewers. Raise Stopped; whatever happens, end all of them."""
        running = processes.children(port)
        environment = processes.demo_environment()
        try:
            with self.stage("Server, worker and simulated viewers"):
                for child in running:
                    processes.start(child, environment)
                processes.wait_until_ready(port, running[0])
            self.print_accounts()
            self.say(f"\nOpen http://localhost:{port}/ (Ctrl-C ends everything)")
            processes.watch(running, environment, self.say)
        finally:
            processes.end_all(running)

    @contextmanager
    def stage(self, what):
        """Say what is happening, and how long it took."""
        began = time.monotonic()
        self.stdout.write(f"{what} … ", ending="")
        self.stdout.flush()
        try:
            yield
        except BaseException:
            self.say("stopped")
            raise
        self.say(f"{time.monotonic() - began:.1f} s")

    def print_accounts(self):
        self.say(f"\nSign in with the password “{PASSWORD}” as")
        for email, name, _, who in ACCOUNTS:
            self.say(f"  {email:<18} {name:<12} {who}")

    def say(self, line):
        self.stdout.write(line)
        self.stdout.flush()


def port_of_environment():
    """Return the port that PORT names, 8000 without one."""
    try:
        return port_number(os.environ.get("PORT") or "8000")
    except ArgumentTypeError as error:
        raise CommandError(f"PORT: {error}") from error


def refuse_taken_port(port):
    """Raise CommandError if another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise CommandError(f"Port {port} needs more rights. Take one above 1023: PORT=8000 make demo") from error
        except OSError as error:
            raise CommandError(why_taken(port)) from error


def why_taken(port):
    """Say what is on a port and what to do, and whether it is the demo itself."""
    other = f"PORT={port + 1 if port < 65_535 else 8_000} make demo"
    if processes.demo_answers(port):
        return (
            f"A demo is running already: open http://localhost:{port}/. "
            f"End it with Ctrl-C where it was started, or start this one on another port: {other}"
        )
    return f"Port {port} is in use by another program. Stop it, or take another port: {other}"
