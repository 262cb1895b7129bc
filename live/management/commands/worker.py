"""The worker's process: rounds with a pause between them, until a signal ends it."""

import logging
import signal
import threading
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from live.worker import DatabaseAway, run_round

log = logging.getLogger("live.worker")


class Command(BaseCommand):
    help = "Do all that happens without a request: send withdrawals, end abandoned lives, check the books and the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round; exit 1 if a job failed")

    def handle(self, *args: str, once: bool, **options: Any) -> None:
        if once:
            self.run_once()
        else:
            self.run_until_stopped()

    def run_once(self) -> None:
        try:
            failed = run_round({})
        except DatabaseAway as error:
            raise CommandError(f"The database doesn't answer: {error}") from error
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}. The log says why.")

    def run_until_stopped(self) -> None:
        """Repeat the round. SIGTERM and Ctrl-C end the process after the running job."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        last_runs: dict[str, datetime] = {}
        while not stop.is_set():
            close_old_connections()
            try:
                run_round(last_runs, stopping=stop.is_set)
            except DatabaseAway as error:
                log.warning("the database doesn't answer, trying again: %s", error)
            stop.wait(settings.WORKER_PAUSE_SECONDS)
