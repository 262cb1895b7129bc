"""Withdrawals: quote, request, cancel, and the answers of the provider. Diamonds are held from the request on."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from payouts import worth
from payouts.allowance import give_back_allowance, take_allowance, week_of, weekly_allowance
from payouts.diamonds import diamond_balance, diamonds_of, held_of
from payouts.gateways import payout_gateway
from payouts.models import PayoutTerms, Quote, Withdrawal, WithdrawalStep
from payouts.offers import arrives_by
from payouts.templatetags.money import usd, whole
from people.notices import notify
from people.refusals import Refusal
from wallet import accounts, ledger
from wallet.models import Reason

Status = Withdrawal.Status

# What may follow what. A paid withdrawal can still come back: providers return money days later.
TRANSITIONS = {
    Status.REQUESTED: {Status.SENT, Status.PAID, Status.FAILED, Status.RETURNED, Status.CANCELLED},
    Status.SENT: {Status.PAID, Status.FAILED, Status.RETURNED},
    Status.PAID: {Status.RETURNED},
}


class WithdrawalRefused(Refusal):
    """A rule of withdrawals said no; the words name the rule, the number and the date."""


def quote(*, creator, account, cents, now=None):
    """Freeze dollars, diamonds and rate for a minute or so; return the Quote. Raise WithdrawalRefused."""
    now = now or timezone.now()
    terms = PayoutTerms.objects.at(now)
    rate = worth.rate_at(now)
    diamonds = worth.cents_to_diamonds(cents, rate.micros)
    _refuse_unusable(account)
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


def forget_expired_quotes(now=None):
    """Delete the quotes that expired a day ago or earlier and were never used; return how many."""
    yesterday = (now or timezone.now()) - timedelta(days=1)
    return Quote.objects.filter(expires_at__lt=yesterday, withdrawal=None).delete()[0]


@transaction.atomic
def request_withdrawal(*, quote, creator, now=None):
    """Hold the quote's diamonds and its share of the week; return the Withdrawal. Once per quote.

    Raise WithdrawalRefused if the quote has expired, or the week or the diamonds no longer cover it.
    """
    now = now or timezone.now()
    quote = Quote.objects.select_for_update().get(pk=quote.pk, creator=creator)
    if earlier := Withdrawal.objects.filter(quote=quote).first():
        return earlier
    if quote.expires_at <= now:
        raise WithdrawalRefused(
            f"This quote has expired: it held until {quote.expires_at:%H:%M:%S} UTC. "
            "Review the amount again; nothing was withdrawn."
        )
    _refuse_unusable(quote.account)
    terms = PayoutTerms.objects.at(now)
    ledger.lock(diamonds_of(creator))
    _refuse_amount(creator, quote.cents, quote.diamonds, quote.rate, terms, now)
    if not take_allowance(creator, quote.cents, week=week_of(now), limit_cents=terms.weekly_cents):
        raise WithdrawalRefused(_week_sentence(weekly_allowance(creator, terms=terms, now=now)))
    withdrawal = Withdrawal.objects.create(
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
    )
    _hold(withdrawal, now)
    _note_step(withdrawal, by=creator.email, why=f"{whole(quote.diamonds)} diamonds reserved", now=now)
    return withdrawal


def cancel_withdrawal(withdrawal, *, by, why="Cancelled by the creator"):
    """Cancel a withdrawal that no worker has taken up; diamonds and allowance come back. Raise WithdrawalRefused."""
    with transaction.atomic():
        withdrawal = _locked(withdrawal)
        if withdrawal.status == Status.CANCELLED:
            return withdrawal
        if not withdrawal.can_be_cancelled:
            place = "being sent" if withdrawal.status == Status.REQUESTED else withdrawal.get_status_display().lower()
            raise WithdrawalRefused(f"This withdrawal is {place} and can't be cancelled any more.")
        return _move(withdrawal, Status.CANCELLED, by=by, why=why)


def mark_sent(withdrawal, *, reference, by, now=None):
    """Record that the provider has it. A repeat changes nothing."""
    return _advance(withdrawal, Status.SENT, by=by, why="Accepted by the provider", reference=reference, now=now)


def mark_paid(withdrawal, *, reference, by, now=None):
    """Let the held diamonds go and book the money, once."""
    return _advance(withdrawal, Status.PAID, by=by, why="Paid by the provider", reference=reference, now=now)


def return_withdrawal(withdrawal, *, status, by, why, reference=""):
    """Give diamonds and allowance back, once, because it failed or came back (`status` failed or returned)."""
    return _advance(withdrawal, status, by=by, why=why, reference=reference)


def _advance(withdrawal, status, *, by, why, reference="", now=None):
    with transaction.atomic():
        withdrawal = _locked(withdrawal)
        if status in TRANSITIONS.get(withdrawal.status, ()):
            withdrawal.provider_reference = reference or withdrawal.provider_reference
            _move(withdrawal, status, by=by, why=why, now=now)
    return withdrawal


def _locked(withdrawal):
    """Return the row as it is now, held until the transaction ends; first the person's diamonds, always in this order.

    Their user row stays free: a lock on it would make their own taps wait.
    """
    creator_id = withdrawal.creator_id
    ledger.lock(diamonds_of(withdrawal.creator))
    rows = Withdrawal.objects.select_for_update(of=("self",)).select_related("creator", "account__service")
    return rows.get(pk=withdrawal.pk, creator_id=creator_id)


def _move(withdrawal, status, *, by, why, now=None):
    """Change the status with its step and its transfers. The caller has locked the row and checked the transition."""
    was_paid = withdrawal.status == Status.PAID
    withdrawal.status = status
    withdrawal.save(update_fields=["status", "provider_reference"])
    _note_step(withdrawal, by=by, why=why, now=now)
    if status == Status.PAID:
        _let_go(withdrawal, now)
        notify(
            withdrawal.creator,
            f"{usd(withdrawal.cents)} was paid to {withdrawal.account}.",
            f"/payouts/{withdrawal.id}/",
            now=now,
        )
    elif status in Withdrawal.GIVEN_BACK:
        _give_back(withdrawal, was_paid=was_paid)
        if status != Status.CANCELLED:
            notify(
                withdrawal.creator,
                f"{usd(withdrawal.cents)} came back: {why} Your diamonds are back.",
                f"/payouts/{withdrawal.id}/",
            )
    return withdrawal


def _hold(withdrawal, now):
    creator, diamonds = withdrawal.creator, withdrawal.diamonds
    try:
        ledger.post(
            debit=diamonds_of(creator),
            credit=held_of(creator),
            amount=diamonds,
            reason=Reason.HOLD,
            reference=withdrawal.id,
            now=now,
        )
    except ledger.NotEnough as error:
        raise WithdrawalRefused(_diamonds_sentence(diamond_balance(creator), diamonds)) from error


def _let_go(withdrawal, now):
    ledger.post(
        debit=held_of(withdrawal.creator),
        credit=accounts.DIAMONDS_REDEEMED,
        amount=withdrawal.diamonds,
        reason=Reason.PAY_OUT,
        reference=withdrawal.id,
        now=now,
    )
    ledger.post(
        debit=accounts.CENTS_PLATFORM,
        credit=accounts.CENTS_CREATORS,
        amount=withdrawal.cents,
        reason=Reason.PAY_OUT_CENTS,
        reference=withdrawal.id,
        now=now,
    )


def _give_back(withdrawal, *, was_paid):
    if was_paid:
        for reason in (Reason.PAY_OUT, Reason.PAY_OUT_CENTS):
            ledger.reverse(ledger.posted(reason, withdrawal.id))
    ledger.post(
        debit=held_of(withdrawal.creator),
        credit=diamonds_of(withdrawal.creator),
        amount=withdrawal.diamonds,
        reason=Reason.RELEASE,
        reference=withdrawal.id,
    )
    give_back_allowance(withdrawal.creator, withdrawal.cents, week=withdrawal.week)


def _note_step(withdrawal, *, by, why, now=None):
    WithdrawalStep.objects.create(
        withdrawal=withdrawal, status=withdrawal.status, by=by[:40], why=why[:200], at=now or timezone.now()
    )


# --- Refusals, in the order in which a person meets them ------------------------------------------


def _refuse_unusable(account):
    if account.removed_at:
        raise WithdrawalRefused("This payout account was removed. Choose another one.")
    if not account.service.is_available_in(account.country.code):
        raise WithdrawalRefused(
            f"{account.service} isn't available in {account.country.name} any more. Choose another account."
        )


def _refuse_amount(creator, cents, diamonds, rate, terms, now):
    if cents < terms.minimum_cents:
        raise WithdrawalRefused(f"The least you can withdraw at once is {usd(terms.minimum_cents)}.")
    allowance = weekly_allowance(creator, terms=terms, now=now)
    if cents > allowance.left_cents:
        raise WithdrawalRefused(_week_sentence(allowance))
    balance = diamond_balance(creator)
    if diamonds > balance:
        raise WithdrawalRefused(_diamonds_sentence(balance, diamonds, rate))


def _week_sentence(allowance):
    resets = f"The limit of {usd(allowance.limit_cents)} a week resets on {allowance.resets_at:%A %-d %B} at 00:00 UTC."
    return f"You can withdraw {usd(allowance.left_cents)} more this week. {resets}"


def _diamonds_sentence(balance, diamonds, rate=None):
    worth_now = f" ({usd(worth.diamonds_to_cents(balance, rate.micros))})" if rate else ""
    return f"You have {whole(balance)} diamonds{worth_now}; this withdrawal needs {whole(diamonds)}."
