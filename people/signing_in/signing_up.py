"""Sign-up does the same work for an address that has an account as for a new one, so that its time tells nothing.

allauth gives both the same page and mails both. But a new address costs a hash of the password and some rows more.
"""

import copy
from uuid import uuid4

from allauth.account.forms import SignupForm
from allauth.account.models import EmailAddress
from django.db import transaction

from people.models import User


class EvenSignupForm(SignupForm):
    """The form of sign-up; our own fields are in people.forms.SignupForm, on which allauth builds this one."""

    def try_save(self, request):
        if self.account_already_exists:
            self._save_for_nobody(request)
        return super().try_save(request)

    def save(self, request):
        with transaction.atomic():
            return super().save(request)

    def _save_for_nobody(self, request):
        """Save an account with an address that can't exist, read it as a first log-in does, and take it back."""
        unused = copy.copy(self)
        unused.account_already_exists = False
        unused.cleaned_data = {**self.cleaned_data, "email": f"{uuid4().hex}@example.invalid"}
        with transaction.atomic():
            user = unused.save(request)
            user.emailaddress_set.filter(verified=True).exists()
            EmailAddress.objects.filter(user=user).order_by("-primary", "-verified").first()
            User.objects.get(pk=user.pk)
            EmailAddress.objects.get(user=user, email=user.email)
            transaction.set_rollback(True)
