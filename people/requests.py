"""Types of requests as middleware hands them to views. At run time each is Django's HttpRequest."""

from collections.abc import Callable
from typing import TypeAlias, TypeGuard

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from people.models import User


class Request(HttpRequest):
    """A request of anybody. HtmxMiddleware says whether htmx sent it."""

    htmx: HtmxDetails


class SignedInRequest(Request):
    """A request of a user: LoginRequiredMiddleware passes no other to a view without `login_not_required`."""

    user: User


# The next middleware, or the view.
GetResponse: TypeAlias = Callable[[Request], HttpResponseBase]


def is_signed_in(request: Request) -> TypeGuard[SignedInRequest]:
    """Return whether the request is of a user, in a view that also takes strangers."""
    return request.user.is_authenticated
