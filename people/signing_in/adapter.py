"""allauth's adapter: names at sign-up, mails through the outbox, and limits of failed log-ins."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django import forms
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from people.mail.outbox import send_or_keep
from people.models import User
from people.signing_in.attempts import count_failure, too_many_failed
from people.taken_names import take_name

# allauth mails codes and news of recent changes. A code has expired after this time, so retries end.
CODES_LAST = timedelta(minutes=15)


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:
        """Save the name typed at sign-up with the other columns, and take it."""
        user.name = form.cleaned_data["name"]
        with transaction.atomic():
            user = super().save_user(request, user, form, commit=commit)
            if commit:
                take_name(user.name, user=user)
        return user

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Show why the log-in ends here. allauth calls this after the password, code or passkey was right."""
        suspension = user.suspensions.filter(lifted_at=None).first()
        return render(request, "account/account_inactive.html", {"suspension": suspension}, status=403)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Return only second factors for an owner of one: password or mail may be stolen together with the session."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"].startswith("mfa_")] or methods

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send allauth's mail, or save it for the worker's retries: a mail server that is down fails no page."""
        request = allauth_context.request
        about = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        mail = self.render_mail(template_prefix, email, about)
        send_or_keep(email, mail.subject, mail.body, about=template_prefix, until=timezone.now() + CODES_LAST)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a log-in after too many failures, without counting this attempt."""
        if too_many_failed(request, self._get_login_attempts_cache_key(request, **credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        count_failure(request, self._get_login_attempts_cache_key(request, **credentials))
