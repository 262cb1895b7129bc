"""`make demo`: migrate, build the demo world once, and run everything it needs until Ctrl-C."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection

from live.demo import processes
from live.demo.accounts import accounts_now
from live.demo.address import Address, address_of_environment, host_address, port_number, refuse_taken
from live.demo.cast import PASSWORD
from live.demo.world import build_demo, demo_is_built, wake_creators
from people.refusals import Refusal


class Command(BaseCommand):
    help = "Build the demo world and serve it. Safe to repeat: everything that is there is reused."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="the database and the demo world only")
        parser.add_argument("--host", type=host_address, default=None, help="default: $HOST, else 127.0.0.1")
        parser.add_argument("--port", type=port_number, default=None, help="default: $PORT, else 8000")

    def handle(self, *args: str, no_serve: bool, host: str | None, port: int | None, **options: Any) -> None:
        if no_serve:
            self.prepare()
            self.print_accounts()
        else:
            self.run(address_of_environment(host, port))

    def run(self, address: Address) -> None:
        """Prepare and serve until a signal comes or a child can't be kept running."""
        refuse_taken(address)
        for number in processes.ENDING_SIGNALS:
            signal.signal(number, processes.raise_stopped)
        try:
            self.prepare()
            self.serve(address)
        except processes.Stopped as stopped:
            if str(stopped):
                raise CommandError(f"{stopped} The demo has ended.") from stopped
            self.say("\nThe demo has ended.")

    def prepare(self) -> None:
        """Migrate the database and build the demo world in it."""
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

    def serve(self, address: Address) -> None:
        """Run server, worker and viewers until Stopped is raised; end all of them on any exception."""
        running = processes.children(address)
        environment = processes.demo_environment(address)
        try:
            with self.stage("Server, worker and simulated viewers"):
                for child in running:
                    processes.start(child, environment)
                processes.wait_until_ready(address, running[0])
            self.print_accounts()
            self.say(f"\nOpen {address.url} (Ctrl-C ends everything)")
            if address.is_open:
                self.say("Other machines reach it too, and everybody there can sign in as the operator.")
            processes.watch(running, environment, self.say)
        finally:
            processes.end_all(running)

    @contextmanager
    def stage(self, what: str) -> Iterator[None]:
        """Print the name of a stage, and how long it took."""
        began = time.monotonic()
        self.stdout.write(f"{what} … ", ending="")
        self.stdout.flush()
        try:
            yield
        except BaseException:
            self.say("stopped")
            raise
        self.say(f"{time.monotonic() - began:.1f} s")

    def print_accounts(self) -> None:
        self.say(f"\nSign in with the password “{PASSWORD}” as")
        for email, name, who in accounts_now():
            self.say(f"  {email:<18} {name:<12} {who}")
        connection.close()

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
