"""A recent sign-in: views that a stolen session must not reach ask for the password, passkey or code again.

The records are in the session, so within these minutes a stolen cookie passes too. Therefore a new payout account has
a waiting time, and its owner gets a mail at once.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, overload
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
from people.requests import SignedInRequest

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
FROM_A_SECOND_FACTOR = "mfa"
# In the session: the moment when a page asked who its reader is, until the page has thanked them.
ASKED_AT = "asked_who_it_is_at"


@overload
def recent_sign_in_required(view: View) -> View: ...
@overload
def recent_sign_in_required(*, back_to: Callable[[SignedInRequest], str]) -> Callable[[View], View]: ...
def recent_sign_in_required(
    view: View | None = None, *, back_to: Callable[[SignedInRequest], str] | None = None
) -> View | Callable[[View], View]:
    """Pass a POST to the view only minutes after a sign-in or its confirmation; else redirect to confirm it.

    After the confirmation allauth repeats the POST. With `back_to` the browser goes to the address that it returns for
    the request instead. allauth's own decorator ignores the sign-in itself, and accepts a password without the second
    factor.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def asked_again(request: SignedInRequest, *args: PathPart, **kwargs: PathPart) -> HttpResponseBase:
            if request.method != "POST" or signed_in_recently(request):
                return view(request, *args, **kwargs)
            if back_to is None:
                raise ReauthenticationRequired
            request.session[ASKED_AT] = time.time()
            return redirect(f"{_page_that_asks(request.user)}?{urlencode({'next': back_to(request)})}")

        return asked_again

    return decorate(view) if view else decorate


def signed_in_recently(request: HttpRequest) -> bool:
    """Return whether the session has a recent sign-in, with the second factor if the reader has one."""
    recent = [record for record in get_authentication_records(request, request.user) if _is_recent(record)]
    if any(record["method"] == FROM_A_SECOND_FACTOR for record in recent):
        return True
    return bool(recent) and not is_mfa_enabled(request.user, SECOND_FACTORS)


def take_confirmation(request: HttpRequest) -> bool:
    """Return, once, whether the reader has confirmed their sign-in since a view with `back_to` asked for it."""
    asked_at = request.session.get(ASKED_AT)
    if asked_at is None or not signed_in_recently(request):
        return False
    records = get_authentication_records(request, request.user)
    if not any(record.get("reauthenticated") and record["at"] >= asked_at for record in records):
        return False
    del request.session[ASKED_AT]
    return True


def _is_recent(record: dict[str, Any]) -> bool:
    return time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT


def _page_that_asks(user: User | AnonymousUser) -> str:
    methods = get_adapter().get_reauthentication_methods(user)
    return methods[0]["url"] if methods else reverse("account_login")
