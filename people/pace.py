"""How often one person may do what writes rows or has another service asked; beyond it a refusal in words, with 429.

The counts lie in the cache that all processes share, under a lock for each person and action (allauth's). So the limit
is exact however many requests come at once. The numbers are in config/settings/people.py.
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
    """This person did that too often within a minute; nothing was changed."""

    retry_after = MINUTE


def paced(action: str, words: str) -> Callable[[View], View]:
    """Let a person post to the view as often as ACCOUNT_RATE_LIMITS[action] allows; `words` say too much of what."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: PathPart, **kwargs: PathPart) -> HttpResponseBase:
            is_counted = request.method == "POST" and request.user.is_authenticated
            if is_counted and not ratelimit.consume(request, action=action):
                raise TooOften(f"Too many {words} within a minute. Nothing was changed; try again in a minute.")
            return view(request, *args, **kwargs)

        return counted

    return decorate
