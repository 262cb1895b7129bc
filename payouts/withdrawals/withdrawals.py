"""Withdrawals: quote, request, cancel. Diamonds and the share of the week are reserved from the request on."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from payouts import worth
from payouts.diamonds import diamond_balance, diamonds_of
from payouts.gateways import payout_gateway
from payouts.models import DiamondRate, PayoutAccount, PayoutTerms, Quote, Withdrawal
from payouts.money import usd, usd_exact, whole
from payouts.receiving.providers import is_offered
from payouts.withdrawals.allowance import Allowance, take_allowance, week_of, weekly_allowance
from payouts.withdrawals.offers import approvals_before, arrives_by, why_nothing
from payouts.withdrawals.telling import tell
from payouts.withdrawals.transitions import hold, lock_withdrawal, move, note_step
from people.models import User
from people.refusals import Refusal
from wallet import ledger

Status = Withdrawal.Status
Attention = Withdrawal.Attention


class WithdrawalRefused(Refusal):
    """A rule refuses the withdrawal; the words name the rule, the number and the date."""


def quote(*, creator: User, account: PayoutAccount, cents: int, now: datetime | None = None) -> Quote:
    """Freeze dollars, diamonds and rate until the quote expires; return the Quote. Raise WithdrawalRefused."""
    now = now or timezone.now()
    terms = PayoutTerms.objects.at(now)
    rate = worth.rate_at(now)
    diamonds = worth.cents_to_diamonds(cents, rate.micros)
    _refuse_unusable(account, now)
    _refuse_amount(creator, cents, diamonds, rate, terms, now)
    return Quote.objects.create(
        creator=creator,
        account=account,
        rate=rate,
        cents=cents,
        diamonds=diamonds,
        created_at=now,
        expires_at=now + timedelta(seconds=terms.quote_seconds),
    )


def forget_expired_quotes(now: datetime | None = None) -> int:
    """Delete the quotes that expired a day ago or earlier and were never used; return how many."""
    yesterday = (now or timezone.now()) - timedelta(days=1)
    return Quote.objects.filter(expires_at__lt=yesterday, withdrawal=None).delete()[0]


@transaction.atomic
def request_withdrawal(*, quote: Quote, creator: User, now: datetime | None = None) -> Withdrawal:
    """Hold the quote's diamonds and take its share of the week; return the Withdrawal. Once per quote.

    Raise WithdrawalRefused if the quote has expired, or the week or the diamonds no longer cover it.
    """
    now = now or timezone.now()
    quote = Quote.objects.select_for_update().get(pk=quote.pk, creator=creator)
    if earlier := Withdrawal.objects.filter(quote=quote).first():
        return earlier
    _refuse_expired(quote, now)
    _refuse_unusable(quote.account, now)
    terms = PayoutTerms.objects.at(now)
    ledger.lock(diamonds_of(creator))
    _refuse_amount(creator, quote.cents, quote.diamonds, quote.rate, terms, now)
    if not take_allowance(creator, quote.cents, week=week_of(now), limit_cents=terms.weekly_cents):
        raise WithdrawalRefused(_week_sentence(weekly_allowance(creator, terms=terms, now=now)))
    withdrawal = _begin(quote, creator, terms, now)
    try:
        hold(withdrawal, now)
    except ledger.NotEnough as error:
        raise WithdrawalRefused(_diamonds_sentence(diamond_balance(creator), quote.diamonds, quote.rate)) from error
    note_step(withdrawal, by=creator.email, why=f"{whole(quote.diamonds)} diamonds reserved", now=now)
    tell(withdrawal, now=now)
    return withdrawal


def _begin(quote: Quote, creator: User, terms: PayoutTerms, now: datetime) -> Withdrawal:
    """Create the Withdrawal of a quote; its diamonds aren't held yet."""
    approvals = approvals_before(creator, quote.cents, terms)
    return Withdrawal.objects.create(
        quote=quote,
        creator=creator,
        account=quote.account,
        provider=payout_gateway().slug,
        cents=quote.cents,
        diamonds=quote.diamonds,
        rate_micros=quote.rate.micros,
        week=week_of(now),
        requested_at=now,
        arrives_by=arrives_by(now, terms),
        approvals_needed=approvals,
        attention=Attention.APPROVAL if approvals else Attention.NONE,
    )


def cancel_withdrawal(withdrawal: Withdrawal, *, by: str, why: str = "Cancelled by the creator") -> Withdrawal:
    """Cancel a withdrawal that no worker has taken up; diamonds and allowance come back. Raise WithdrawalRefused."""
    with transaction.atomic():
        withdrawal = lock_withdrawal(withdrawal)
        if withdrawal.status == Status.CANCELLED:
            return withdrawal
        if not withdrawal.can_be_cancelled:
            place = "being sent" if withdrawal.status == Status.REQUESTED else withdrawal.get_status_display().lower()
            raise WithdrawalRefused(f"This withdrawal is {place} and can't be cancelled any more.")
        withdrawal.attention = Attention.NONE
        move(withdrawal, Status.CANCELLED, by=by, why=why)
        return withdrawal


# --- Refusals, in the order in which a person meets them ------------------------------------------


def _refuse_expired(quote: Quote, now: datetime) -> None:
    if quote.is_over(now):
        raise WithdrawalRefused(
            f"This quote has expired: it held until {quote.expires_at:%H:%M:%S} UTC. "
            "Review the amount again; nothing was withdrawn."
        )


def _refuse_unusable(account: PayoutAccount, now: datetime) -> None:
    if account.removed_at:
        removed = f"{account.removed_at.astimezone(UTC):%-d %B %Y}"
        raise WithdrawalRefused(f"This payout account was removed on {removed}. Choose another one.")
    if not account.is_usable(now):
        usable_from = f"{account.usable_at.astimezone(UTC):%A %-d %B, %H:%M} UTC"
        raise WithdrawalRefused(
            f"This payout account is new: it can be used from {usable_from}. Choose another one, or come back then."
        )
    if not is_offered(account.service, account.country.code):
        raise WithdrawalRefused(
            f"{account.service} isn't available in {account.country.name} any more. Choose another account."
        )


def _refuse_amount(
    creator: User, cents: int, diamonds: int, rate: DiamondRate, terms: PayoutTerms, now: datetime
) -> None:
    """Refuse an amount by the strictest rule: an amount that obeys it breaks no other."""
    allowance = weekly_allowance(creator, terms=terms, now=now)
    balance = diamond_balance(creator)
    available = worth.diamonds_to_cents(balance, rate.micros)
    if min(available, allowance.left_cents) < terms.minimum_cents:
        raise WithdrawalRefused(why_nothing(available, allowance, terms))
    if cents < terms.minimum_cents:
        raise WithdrawalRefused(f"The least you can withdraw at once is {usd(terms.minimum_cents)}.")
    if cents > allowance.left_cents and allowance.left_cents <= available:
        raise WithdrawalRefused(_week_sentence(allowance))
    if diamonds > balance:
        raise WithdrawalRefused(_diamonds_sentence(balance, diamonds, rate))


def _week_sentence(allowance: Allowance) -> str:
    resets = f"The limit of {usd(allowance.limit_cents)} a week resets on {allowance.resets_at:%A %-d %B} at 00:00 UTC."
    return f"You can withdraw {usd(allowance.left_cents)} more this week. {resets}"


def _diamonds_sentence(balance: int, diamonds: int, rate: DiamondRate) -> str:
    available = usd(worth.diamonds_to_cents(balance, rate.micros))
    since = f"{usd_exact(rate.micros)} each, the rate since {rate.starts_at_utc:%-d %B %Y}"
    return f"{available} is available: {whole(balance)} diamonds at {since}. This withdrawal needs {whole(diamonds)}."
