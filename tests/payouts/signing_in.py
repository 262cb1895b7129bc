"""Clients with a recent sign-in, which withdrawing and changing accounts need, or an older one."""

import time

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator

BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in_recently(client, user, *, methods=("password",), ago=0):
    """Log in with the records that signing in by these methods so many seconds ago would have left."""
    client.force_login(user, backend=BACKEND)
    session = client.session
    record_sign_in(session, user, methods=methods, ago=ago)
    session.save()
    return client


def record_sign_in(session, user, *, methods=("password",), ago=0):
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": method, "at": time.time() - ago} for method in methods]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)


def let_time_pass(client, seconds=301):
    """Make the sign-in records in the client's session older by `seconds`."""
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= seconds
    session.save()


def make_second_factor(user):
    """Give the user an authenticator app; tests write its sign-in record, so its codes aren't needed."""
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "unused"})
