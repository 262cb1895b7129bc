"""Sign-up with the same work for an address with an account as for a new one, against timing attacks.

allauth returns the same page and sends a mail for both. But only a new address costs a password hash and new rows.
"""

import copy
from uuid import uuid4

from allauth.account.forms import SignupForm
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from people.models import User


class EvenSignupForm(SignupForm):
    """The form of sign-up. allauth's form inherits our own fields from people.forms.SignupForm."""

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            self._save_for_nobody(request)
        return super().try_save(request)

    def save(self, request: HttpRequest) -> User:
        with transaction.atomic():
            return super().save(request)

    def _save_for_nobody(self, request: HttpRequest) -> None:
        """Save an account with an impossible address, read it as a first log-in does, and roll back."""
        unused = copy.copy(self)
        unused.account_already_exists = False
        unused.cleaned_data = {**self.cleaned_data, "email": f"{uuid4().hex}@example.invalid"}
        with transaction.atomic():
            user = unused.save(request)
            user.emailaddress_set.filter(verified=True).exists()  # type: ignore[attr-defined]
            EmailAddress.objects.filter(user=user).order_by("-primary", "-verified").first()
            User.objects.get(pk=user.pk)
            EmailAddress.objects.get(user=user, email=user.email)
            transaction.set_rollback(True)
