"""Codes of the authenticator app: each is accepted once.

With a tolerance of one step a code is valid for up to 90 seconds. allauth caches a used code for 30 seconds, so it
could be used again. Here each person's last accepted step is a row, which no cache evicts.
"""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.db import transaction

from people.models import AcceptedStep, User
from people.signing_in.attempts import count_failure, too_many_failed
from people.signing_in.passkeys import WithCredential

TYPED = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
SECONDS = app_settings.TOTP_PERIOD
USED = f"This code was used already. Your app shows a new one every {SECONDS} seconds: wait for it."


def step_of(secret: str, code: str) -> int | None:
    """Return the newest valid time step that has this code, or None."""
    typed = auth.normalize_user_code(code)
    steps = sorted(auth.yield_hotp_counters_from_time(), reverse=True)
    return next((step for step in steps if auth.format_hotp_value(auth.hotp_value(secret, step)) == typed), None)


def accept(user: User, step: int) -> bool:
    """Store the step as the last accepted one; return False if the stored step is the same or later."""
    with transaction.atomic():
        _, is_first = AcceptedStep.objects.get_or_create(user=user, defaults={"step": step})
        return is_first or AcceptedStep.objects.filter(user=user, step__lt=step).update(step=step) == 1


def accept_first(user: User, step: int) -> None:
    """Store the step of the code that turned the app on. It replaces the step of an earlier secret."""
    AcceptedStep.objects.update_or_create(user=user, defaults={"step": step})


class FailuresCount(forms.Form):
    """A form whose code can be guessed: it counts the user's failures and refuses after too many."""

    user: User

    def clean_code(self) -> str:
        key = f"mfa-auth-user-{self.user.pk}"
        if too_many_failed(context.request, key):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        try:
            return self.check_code(self.cleaned_data["code"])
        except forms.ValidationError:
            count_failure(context.request, key)
            raise

    def check_code(self, code: str) -> str:
        """Return a right code. Raise ValidationError for a wrong one."""
        raise NotImplementedError


class OnceOnly(FailuresCount):
    """A code that logs in or confirms a log-in: an app's code, accepted once, or a recovery code."""

    def check_code(self, code: str) -> str:
        for authenticator in Authenticator.objects.filter(user=self.user, type__in=TYPED):
            if authenticator.type == Authenticator.Type.TOTP:
                is_right = self._accept(authenticator, code)
            else:
                is_right = authenticator.wrap().validate_code(code)
            if is_right:
                authenticator.user = self.user
                self.authenticator = authenticator
                return code
        raise get_adapter().validation_error("incorrect_code")

    def _accept(self, app: Authenticator, code: str) -> bool:
        step = step_of(decrypt(app.data["secret"]), code)
        if step is not None and not accept(self.user, step):
            raise forms.ValidationError(USED)
        return step is not None


class AuthenticateOnce(OnceOnly, AuthenticateForm):
    """The code that logs in."""


class ReauthenticateOnce(OnceOnly, ReauthenticateForm):
    """The code that confirms a log-in again."""


class ActivateOnce(FailuresCount, ActivateTOTPForm):
    """The code that turns the app on. Its step is stored as accepted."""

    def check_code(self, code: str) -> str:
        validate_can_add_authenticator(self.user)
        step = step_of(self.secret, code)
        if step is None:
            raise get_adapter().validation_error("incorrect_code")
        accept_first(self.user, step)
        return code


class AuthenticateKey(WithCredential, AuthenticateWebAuthnForm):
    """A passkey's log-in. A signature can't be guessed, so the form neither counts failures nor clears the count."""

    def clean_credential(self) -> Any:
        credential = self.cleaned_data["credential"]
        webauthn.parse_authentication_response(credential)
        return webauthn.complete_authentication(self.user, credential)


class ReauthenticateKey(AuthenticateKey):
    """The passkey that confirms a log-in again."""

    reauthenticated = True
