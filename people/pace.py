"""Rate limits of one person for actions that write rows or call another service; beyond them a Refusal with 429.

The counts are in the cache that all processes share. allauth locks each person and action, so the limit is exact for
concurrent requests too. The numbers are in config/settings/people.py.
"""

from collections.abc import Callable
from functools import wraps

from allauth.core import ratelimit
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from people.answers import PathPart, View
from people.refusals import TooMany

MINUTE = 60


class TooOften(TooMany):
    """The person has reached the action's limit for this minute; nothing was changed."""

    retry_after = MINUTE


def paced(action: str, words: str) -> Callable[[View], View]:
    """Limit a person's POSTs to the view by ACCOUNT_RATE_LIMITS[action]. `words` end the refusal's "Too many …"."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: PathPart, **kwargs: PathPart) -> HttpResponseBase:
            is_counted = request.method == "POST" and request.user.is_authenticated
            if is_counted and not ratelimit.consume(request, action=action):
                raise TooOften(f"Too many {words} within a minute. Nothing was changed; try again in a minute.")
            return view(request, *args, **kwargs)

        return counted

    return decorate
