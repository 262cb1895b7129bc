"""Payout accounts: added and removed, never edited. Their owner hears of both by notice and by mail."""

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from payouts.models import PayoutAccount
from people.notices import notify
from people.refusals import Refusal

ACCOUNTS_PAGE = "/payouts/accounts/"


class AccountRefused(Refusal):
    """A rule of payout accounts said no."""


def add_payout_account(*, owner, service, country, receiver):
    """Add where an owner's money may go; return the PayoutAccount. Adding it again returns the first one.

    Raise AccountRefused if the service isn't available in the country, or has this receiver with another country.
    """
    if not service.is_available_in(country):
        raise AccountRefused(f"{service} isn't available for payouts to this country. Choose another service.")
    if same := _in_use(owner, service, receiver):
        return _same_country(same, country)
    try:
        with transaction.atomic():
            account = PayoutAccount.objects.create(owner=owner, service=service, country=country, receiver=receiver)
            _tell(owner, account, "added")
    except IntegrityError:
        # Two equal requests raced: the unique key let one through.
        return _same_country(_in_use(owner, service, receiver), country)
    return account


@transaction.atomic
def remove_payout_account(account):
    """Take an account out of use, once. Withdrawals on their way still go there, and past ones keep it."""
    account = (
        PayoutAccount.objects.select_for_update(of=("self",)).select_related("service", "owner").get(pk=account.pk)
    )
    if account.removed_at is None:
        account.removed_at = timezone.now()
        account.save(update_fields=["removed_at"])
        _tell(account.owner, account, "removed")
    return account


def _in_use(owner, service, receiver):
    rows = owner.payout_accounts.select_related("service")
    return rows.filter(service=service, receiver=receiver, removed_at=None).first()


def _same_country(account, country):
    if account.country.code != country:
        raise AccountRefused(
            f"You have this {account.service} account already, in {account.country.name}. "
            "Remove it first to add it with another country."
        )
    return account


def _tell(owner, account, what):
    notify(owner, f"The payout account {account} was {what}.", ACCOUNTS_PAGE)
    words = render_to_string(f"payouts/mail/account_{what}.txt", {"owner": owner, "account": account})
    subject = f"A payout account was {what}"
    # After the commit, and robust: a mail server that is away must not undo or hide what was done.
    transaction.on_commit(
        lambda: send_mail(subject, words, settings.DEFAULT_FROM_EMAIL, [owner.email]),
        robust=True,
    )
