"""Codes of the authenticator app: each is accepted once.

With a tolerance of one step a code is valid for up to 90 seconds. allauth forgets a used code after 30, so it could be
used again. Each person's last accepted step is a row, which outlives any cache.
"""

from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django import forms
from django.db import transaction

from people.models import AcceptedStep

SECONDS = app_settings.TOTP_PERIOD
USED = f"This code was used already. Your app shows a new one every {SECONDS} seconds: wait for it."


def step_of(secret: str, code: str) -> int | None:
    """Return the newest step of time whose code this is; None if it is no code of now."""
    typed = auth.normalize_user_code(code)
    steps = sorted(auth.yield_hotp_counters_from_time(), reverse=True)
    return next((step for step in steps if auth.format_hotp_value(auth.hotp_value(secret, step)) == typed), None)


def is_used(user, step: int) -> bool:
    """Say whether a code of this step, or of a later one, was accepted."""
    return AcceptedStep.objects.filter(user=user, step__gte=step).exists()


def accept(user, step: int) -> bool:
    """Keep the step as the last accepted one; return False if it isn't later than the one that is kept."""
    with transaction.atomic():
        _, is_first = AcceptedStep.objects.get_or_create(user=user, defaults={"step": step})
        return is_first or AcceptedStep.objects.filter(user=user, step__lt=step).update(step=step) == 1


def accept_first(user, step: int) -> None:
    """Keep the step of the code that turned the app on. A new secret makes the old secret's steps meaningless."""
    AcceptedStep.objects.update_or_create(user=user, defaults={"step": step})


class OnceOnly:
    """A form with a code: a used one is refused, and counts as a failed attempt."""

    def clean_code(self):
        step = self._step(self.cleaned_data["code"])
        if step is not None and is_used(self.user, step):
            check_rate_limit(self.user)
            raise forms.ValidationError(USED)
        code = super().clean_code()
        if step is not None and not accept(self.user, step):
            raise forms.ValidationError(USED)
        return code

    def _step(self, code):
        app = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.TOTP).first()
        return app and step_of(decrypt(app.data["secret"]), code)


class AuthenticateOnce(OnceOnly, AuthenticateForm):
    """The code that logs in."""


class ReauthenticateOnce(OnceOnly, ReauthenticateForm):
    """The code that confirms a log-in again."""


class ActivateOnce(ActivateTOTPForm):
    """The code that turns the app on: it counts as used."""

    def clean_code(self):
        code = super().clean_code()
        accept_first(self.user, step_of(self.secret, code))
        return code
