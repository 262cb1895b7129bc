"""A recent sign-in: what a stolen session must not be enough for asks for the password, passkey or code again.

The records lie in the session, so within these minutes a thief of the cookie looks like its owner. That is why a new
payout account waits, and why its owner is told at once.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import overload
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from people.answers import PathPart, View
from people.models import User

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
FROM_A_SECOND_FACTOR = "mfa"


@overload
def recent_sign_in_required(view: View) -> View: ...
@overload
def recent_sign_in_required(*, back_to: Callable[[HttpRequest], str]) -> Callable[[View], View]: ...
def recent_sign_in_required(
    view: View | None = None, *, back_to: Callable[[HttpRequest], str] | None = None
) -> View | Callable[[View], View]:
    """Let a view be posted to only minutes after signing in, or after confirming it; else lead to confirming it.

    Afterwards the post is done; or, with `back_to`, the reader comes to the address that it returns for the request.
    allauth's own decorator doesn't count signing in, and takes the password for enough.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def asked_again(request: HttpRequest, *args: PathPart, **kwargs: PathPart) -> HttpResponseBase:
            if request.method != "POST" or signed_in_recently(request):
                return view(request, *args, **kwargs)
            if back_to is None:
                raise ReauthenticationRequired
            return redirect(f"{_page_that_asks(request.user)}?{urlencode({'next': back_to(request)})}")

        return asked_again

    return decorate(view) if view else decorate


def signed_in_recently(request: HttpRequest) -> bool:
    """Say whether the reader has just shown who they are: with the second factor, if they have one."""
    recent = [record for record in get_authentication_records(request, request.user) if _is_recent(record)]
    if any(record["method"] == FROM_A_SECOND_FACTOR for record in recent):
        return True
    return bool(recent) and not is_mfa_enabled(request.user, SECOND_FACTORS)


def last_sign_in(request: HttpRequest) -> datetime | None:
    """Return when the reader last signed in or confirmed it in this session; None if the session doesn't say."""
    moments = [record["at"] for record in get_authentication_records(request, request.user)]
    return datetime.fromtimestamp(max(moments), UTC) if moments else None


def _is_recent(record):
    return time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def _page_that_asks(user: User | AnonymousUser) -> str:
    methods = get_adapter().get_reauthentication_methods(user)
    return methods[0]["url"] if methods else reverse("account_login")
