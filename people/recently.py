"""A recent sign-in: what a stolen session must not be enough for asks for the password or passkey again."""

import time
from functools import wraps

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired


def recent_sign_in_required(view):
    """Let a view be used only minutes after signing in or confirming it; else lead there and back.

    allauth's own decorator doesn't count signing in, and would ask for the password twice in a row.
    """

    @wraps(view)
    def asked_again(request, *args, **kwargs):
        if request.method == "POST" and not signed_in_recently(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return asked_again


def signed_in_recently(request):
    records = get_authentication_records(request, request.user)
    return any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)
