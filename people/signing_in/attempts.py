"""Limits of failed log-ins for each network address and each account, counted after the failure.

allauth counts each attempt before the check and uncounts it after a success. Concurrent successes from one address
then refuse each other. Here an attempt only reads the count, and a failure increments it. Concurrent failures may
exceed the limit, by at most the number of the server's threads.
"""

import time

from allauth.core.internal import ratelimit
from allauth.core.ratelimit import Rate
from django.core.cache import cache
from django.http import HttpRequest

LIMIT = {"app": "allauth.account", "action": "login_failed"}


def too_many_failed(request: HttpRequest, key: str) -> bool:
    """Return whether a limit is reached. The check takes no lock, so concurrent log-ins don't wait for each other."""
    now = time.time()
    return any(not _has_room(request, rate, key, now) for rate in ratelimit.get_rates(**LIMIT))


def count_failure(request: HttpRequest, key: str) -> None:
    """Count a failure for the request's network address and for the key."""
    ratelimit.consume(request, key=key, **LIMIT)


def _has_room(request: HttpRequest, rate: Rate, key: str, now: float) -> bool:
    attempts = cache.get(ratelimit.get_cache_key(request, rate=rate, key=key, **LIMIT), [])
    has_room, _ = ratelimit.apply_rate(attempts, now, rate, dry_run=True)
    return has_room
