"""Failed log-ins are counted after they failed, for each address of the network and each account.

allauth counts before it looks and takes the count back later. Right log-ins at the same time from one address then
refuse each other. Here a log-in only reads the count, and a failure raises it. Requests at the same moment may pass the
limit together: by no more than a server has threads.
"""

import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

LIMIT = {"app": "allauth.account", "action": "login_failed"}


def too_many_failed(request: HttpRequest, key: str) -> bool:
    """Say whether one of the limits is reached. No lock is taken, so a crowd doesn't wait for itself."""
    now = time.time()
    return any(not _has_room(request, rate, key, now) for rate in ratelimit.get_rates(**LIMIT))


def count_failure(request: HttpRequest, key: str) -> None:
    """Add a failure to the counts of this request's network address and of the key."""
    ratelimit.consume(request, key=key, **LIMIT)


def _has_room(request, rate, key, now):
    history = cache.get(ratelimit.get_cache_key(request, rate=rate, key=key, **LIMIT), [])
    has_room, _ = ratelimit.apply_rate(history, now, rate, dry_run=True)
    return has_room
