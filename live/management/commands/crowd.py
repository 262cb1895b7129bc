"""The process of the simulated viewers, which the demo starts."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from live.demo.crowd import play
from live.demo.world import demo_is_built


class Command(BaseCommand):
    help = "Let the demo's simulated viewers tap in the lives of the demo's creators until stopped."

    def handle(self, *args: str, **options: Any) -> None:
        if not demo_is_built():
            raise CommandError("The demo world isn't in this database. Build it with: python manage.py demo --no-serve")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        play(stop)
