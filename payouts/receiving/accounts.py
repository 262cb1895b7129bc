"""Payout accounts: added and removed, never edited. Their owner gets a notice and a mail about both.

Money can't go to a new one at once: if a session was stolen, the owner reads the mail in time.
"""

from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from payouts.models import PayoutAccount, PayoutService, PayoutTerms
from payouts.receiving.providers import is_offered
from people.mail.mails import mail_to
from people.models import User
from people.notices import Kind, notify
from people.refusals import Refusal
from wallet.ages import require_age

ACCOUNTS_PAGE = "/payouts/accounts/"
IF_NOT_YOU = "If it wasn't you, change your password now and look at your accounts."


class AccountRefused(Refusal):
    """A rule refuses the payout account; nothing was changed."""


def accounts_of(owner: User) -> QuerySet[PayoutAccount]:
    """Return the accounts that the owner has and hasn't removed, the newest first."""
    return owner.payout_accounts.filter(removed_at=None).select_related("service")


def why_not_now(account: PayoutAccount) -> str:
    """Return why money can't go to an account now, in words; empty when it can."""
    if not account.is_usable():
        return f"new, can be used from {account.usable_at.astimezone(UTC):%A %-d %B, %H:%M} UTC"
    if not is_offered(account.service, account.country.code):
        return f"{account.service} isn’t available in {account.country.name} at the moment"
    return ""


def add_payout_account(
    *, owner: User, service: PayoutService, country: str, receiver: str, label: str = "", now: datetime | None = None
) -> PayoutAccount:
    """Add a payout account; return it. Adding it again returns the first one.

    It can be used when the waiting time of the terms is over. Raise AgeRefused if the owner must declare their age,
    and AccountRefused if the service isn't available in the country, has this receiver with another country, or if
    another account of the owner would look the same.
    """
    if not is_offered(service, country):
        raise AccountRefused(f"{service} isn't available for payouts to this country. Choose another service.")
    now = now or timezone.now()
    require_age(owner, now)
    usable_at = now + timedelta(hours=PayoutTerms.objects.at(now).account_wait_hours)
    if same := _in_use(owner, service, receiver):
        return _same_country(same, country)
    account = PayoutAccount(
        owner=owner,
        service=service,
        country=country,
        receiver=receiver,
        label=label,
        created_at=now,
        usable_at=usable_at,
    )
    _refuse_look_alike(account)
    try:
        with transaction.atomic():
            account.save()
            _tell(account, "added", _usable_from(account))
    except IntegrityError as error:
        # Two requests raced, with the same receiver or with the same look: a unique key let one through.
        if same := _in_use(owner, service, receiver):
            return _same_country(same, country)
        raise _looks_like(account) from error
    return account


@transaction.atomic
def remove_payout_account(account: PayoutAccount) -> PayoutAccount:
    """Remove an account, once. Withdrawals on their way still go there, and past ones keep it."""
    account = (
        PayoutAccount.objects.select_for_update(of=("self",)).select_related("service", "owner").get(pk=account.pk)
    )
    if account.removed_at is None:
        account.removed_at = timezone.now()
        account.save(update_fields=["removed_at"])
        _tell(account, "removed", "Withdrawals on their way still go there.")
    return account


def _in_use(owner: User, service: PayoutService, receiver: str) -> PayoutAccount | None:
    rows = owner.payout_accounts.select_related("service")
    return rows.filter(service=service, receiver=receiver, removed_at=None).first()


def _same_country(account: PayoutAccount, country: str) -> PayoutAccount:
    if account.country.code != country:
        raise AccountRefused(
            f"You have this {account.service} account already, in {account.country.name}. "
            "Remove it first to add it with another country."
        )
    return account


def _refuse_look_alike(account: PayoutAccount) -> None:
    """Refuse an account that looks like another of the owner's. Removed ones count: withdrawals still show them."""
    others = account.owner.payout_accounts.filter(service=account.service, country=account.country.code)
    others = others.filter(look=account.masked_receiver).exclude(receiver=account.receiver)
    if account.label.casefold() in {label.casefold() for label in others.values_list("label", flat=True)}:
        raise _looks_like(account)


def _looks_like(account: PayoutAccount) -> AccountRefused:
    return AccountRefused(
        f"You have another account that is shown as {account}. "
        "Give this one a name that no other has, so that you can tell them apart."
    )


def _usable_from(account: PayoutAccount) -> str:
    if account.is_usable(account.created_at):
        return "Withdrawals can go there from now on."
    return f"Withdrawals can go there from {account.usable_at.astimezone(UTC):%A %-d %B %Y, %H:%M} UTC."


def _tell(account: PayoutAccount, what: str, then: str) -> None:
    owner = account.owner
    notify(owner, f"The payout account {account} was {what}. {then} {IF_NOT_YOU}", ACCOUNTS_PAGE, kind=Kind.MONEY)
    words = render_to_string(f"payouts/mail/account_{what}.txt", {"owner": owner, "account": account, "then": then})
    mail_to(owner, f"A payout account was {what}", words, about=f"payout account {account.pk}")
