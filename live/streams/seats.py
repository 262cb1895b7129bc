"""Seats: who listens, counted per person or address and in all. Taken in the view's thread, left on the event loop."""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass

from django.conf import settings

from people.refusals import Refusal, TooMany


class TooManyStreams(TooMany):
    """This person, or this address, listens often enough already."""

    retry_after = 30


class NoSeatLeft(Refusal):
    """The process serves as many streams as it may."""

    status = 503
    retry_after = 30


@dataclass(eq=False)
class Seat:
    """One listener. `who` is what is counted, `person` the key of a signed-in user, `until` when the stream rotates.

    `is_viewer` tells those who watch from an overlay, which nobody looks at as a viewer.
    """

    who: str
    person: int | None
    until: float
    is_viewer: bool = True
    is_revoked: bool = False


class Seats:
    """The seats of one process."""

    def __init__(self):
        self.taken = set()
        self._counts = Counter()
        self._lock = threading.Lock()

    def take(self, *, person, address, is_viewer=True):
        """Return a Seat; raise TooManyStreams or NoSeatLeft."""
        who, most = f"person {person}", settings.STREAMS_PER_PERSON
        if person is None:
            who, most = f"address {address}", settings.STREAMS_PER_ADDRESS
        with self._lock:
            if self._counts[who] >= most:
                raise TooManyStreams(f"At most {most} streams at once. This page asks every few seconds instead.")
            if len(self.taken) >= settings.STREAMS_AT_MOST:
                raise NoSeatLeft("Every stream is taken at the moment. This page asks every few seconds instead.")
            # Spread, so that those who came together don't all come back together.
            minutes = settings.STREAM_MINUTES * random.uniform(0.9, 1.1)  # noqa: S311
            seat = Seat(who, person, time.monotonic() + 60 * minutes, is_viewer)
            self.taken.add(seat)
            self._counts[who] += 1
        return seat

    def leave(self, seat):
        with self._lock:
            if seat not in self.taken:
                return
            self.taken.remove(seat)
            self._counts[seat.who] -= 1
            if not self._counts[seat.who]:
                del self._counts[seat.who]

    def people(self):
        with self._lock:
            return {seat.person for seat in self.taken if seat.person is not None}

    def revoke(self, people):
        with self._lock:
            for seat in self.taken:
                seat.is_revoked = seat.is_revoked or seat.person in people
