"""Seats: open streams, counted per person or address and in all. Views take them; the event loop frees them."""

import random
import threading
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings

from people.refusals import Refusal, TooMany


class TooManyStreams(TooMany):
    """The person or address has as many streams as it may have."""

    retry_after = 30


class NoSeatLeft(Refusal):
    """The process has as many streams as it may have."""

    status = 503
    retry_after = 30


@dataclass(eq=False)
class Seat:
    """The seat of one stream. `who` is the key of its count, `person` the key of a signed-in user.

    The stream must reconnect at `until` (monotonic seconds). `is_viewer` is false for an overlay.
    """

    who: str
    person: int | None
    until: float
    is_viewer: bool = True
    is_revoked: bool = False


class Seats:
    """The seats of one process."""

    def __init__(self) -> None:
        self.taken: set[Seat] = set()
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, *, person: int | None, address: str, is_viewer: bool = True) -> Seat:
        """Return a Seat; raise TooManyStreams or NoSeatLeft."""
        who, most = f"person {person}", settings.STREAMS_PER_PERSON
        if person is None:
            who, most = f"address {address}", settings.STREAMS_PER_ADDRESS
        with self._lock:
            if self._counts[who] >= most:
                raise TooManyStreams(f"At most {most} streams at once. This page asks every few seconds instead.")
            if len(self.taken) >= settings.STREAMS_AT_MOST:
                raise NoSeatLeft("Every stream is taken at the moment. This page asks every few seconds instead.")
            # Spread the ends, so that streams that began together don't all reconnect together.
            minutes = settings.STREAM_MINUTES * random.uniform(0.9, 1.1)  # noqa: S311
            seat = Seat(who, person, time.monotonic() + 60 * minutes, is_viewer)
            self.taken.add(seat)
            self._counts[who] += 1
        return seat

    def leave(self, seat: Seat) -> None:
        with self._lock:
            if seat not in self.taken:
                return
            self.taken.remove(seat)
            self._counts[seat.who] -= 1
            if not self._counts[seat.who]:
                del self._counts[seat.who]

    def people(self) -> set[int]:
        with self._lock:
            return {seat.person for seat in self.taken if seat.person is not None}

    def revoke(self, people: Collection[int]) -> None:
        with self._lock:
            for seat in self.taken:
                seat.is_revoked = seat.is_revoked or seat.person in people
