"""Checks of the books: diamonds, withdrawals and weeks."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, F, Max, Q

from payouts import worth
from payouts.models import (
    DiamondRate,
    PayoutAccount,
    PayoutTerms,
    ProviderReport,
    Quote,
    Withdrawal,
    WithdrawalApproval,
    WithdrawalStep,
)
from payouts.withdrawals.allowance import week_of
from payouts.withdrawals.offers import arrives_by
from payouts.withdrawals.transitions import REPORTED
from wallet import books
from wallet.dated import Counting
from wallet.models import Reason
from wallet.proofs import differences, is_distinct, is_not_in_force, rows_of
from wallet.seals import seal

Status = Withdrawal.Status
GIVEN_BACK = ", ".join(f"'{status}'" for status in Withdrawal.GIVEN_BACK)
OPEN = ", ".join(f"'{status}'" for status in Withdrawal.OPEN)
MOVES = [
    (None, Status.REQUESTED),
    (Status.REQUESTED, Status.CANCELLED),
    *((before, after) for before, answers in REPORTED.items() for after in answers.values() if after in Status.values),
]

seal(DiamondRate, rows=DiamondRate.objects.started)
seal(PayoutTerms, rows=PayoutTerms.objects.started)
seal(PayoutAccount, but=("label", "look", "removed_at"))
# A quote that wasn't used is forgotten after a day.
seal(Quote, rows=lambda: Quote.objects.exclude(withdrawal=None))
MOVING = (
    "status", "provider_reference", "provider_item", "provider_status", "trouble", "attention", "attention_why",
    "arrives_by", "taken_at", "first_sent_at", "ask_now",
)  # fmt: skip
seal(Withdrawal, but=MOVING)
seal(WithdrawalStep)
seal(WithdrawalApproval)
seal(ProviderReport)


@books.expect
def steps_of_withdrawals_move_diamonds_and_cents() -> str:
    """A request holds diamonds, a payment pays them out, a failure releases them. A return reverses the payment."""
    step = """FROM payouts_withdrawal withdrawal
        JOIN payouts_withdrawalstep step ON step.withdrawal_id = withdrawal.id AND step.status"""
    was_paid = "JOIN payouts_withdrawalstep paid ON paid.withdrawal_id = withdrawal.id AND paid.status = 'paid'"
    own, held = "'diamonds:user:' || withdrawal.creator_id", "'held:user:' || withdrawal.creator_id"
    out, platform, creators = "'diamonds:redeemed'", "'cents:platform'", "'cents:creators'"
    moves = [
        (Reason.HOLD, 0, own, held, "diamonds", f"{step} = 'requested'"),
        (Reason.RELEASE, 0, held, own, "diamonds", f"{step} IN ({GIVEN_BACK})"),
        (Reason.PAY_OUT, 0, held, out, "diamonds", f"{step} = 'paid'"),
        (Reason.PAY_OUT_CENTS, 0, platform, creators, "cents", f"{step} = 'paid'"),
        (Reason.PAY_OUT, 1, out, held, "diamonds", f"{step} IN ({GIVEN_BACK}) {was_paid}"),
        (Reason.PAY_OUT_CENTS, 1, creators, platform, "cents", f"{step} IN ({GIVEN_BACK}) {was_paid}"),
    ]
    return " UNION ALL ".join(
        f"SELECT '{reason}' AS reason, withdrawal.id AS reference, {is_reversal} AS is_reversal, {debit} AS debit_id, "
        f"{credit} AS credit_id, withdrawal.{amount} AS amount, step.at AS created_at {rows}"
        for reason, is_reversal, debit, credit, amount, rows in moves
    )


@books.check
def withdrawals_go_from_step_to_step() -> Iterator[str]:
    yield from books.wrong_steps("payouts_withdrawalstep", "withdrawal", MOVES)
    query = f"""SELECT withdrawal.id, withdrawal.status, last.status
        FROM payouts_withdrawal withdrawal
        LEFT JOIN (SELECT withdrawal_id, MAX(id) AS id FROM payouts_withdrawalstep GROUP BY withdrawal_id) newest
            ON newest.withdrawal_id = withdrawal.id
        LEFT JOIN payouts_withdrawalstep last ON last.id = newest.id
        WHERE last.status {is_distinct()} withdrawal.status"""
    for pk, status, step in rows_of(query):
        yield f"withdrawal {pk} is {status}, its last step is {step}"
    requested = "SELECT withdrawal_id, at FROM payouts_withdrawalstep WHERE status = 'requested'"
    moments = "SELECT id AS withdrawal_id, requested_at AS at FROM payouts_withdrawal"
    for difference in differences(requested, moments, keys=["withdrawal_id"], columns=["at"]):
        if difference.found and difference.expected:
            yield f"withdrawal {difference.key[0]}: {difference.in_words(at='the moment of the request')}"


@books.check
def withdrawals_are_their_quotes() -> Iterator[str]:
    """Parties, account, amount and rate are those of the quote; the rate, week and terms those of its moment."""
    terms = Counting(PayoutTerms)
    other_rate = is_not_in_force("quote.rate_id", "payouts_diamondrate", "id", "quote.created_at")
    query = f"""SELECT withdrawal.id, quote.created_at FROM payouts_withdrawal withdrawal
        JOIN payouts_quote quote ON quote.id = withdrawal.quote_id WHERE {other_rate}"""
    for pk, moment in rows_of(query):
        yield f"withdrawal {pk}: the rate of its quote wasn't the rate at {moment}"
    rows = Withdrawal.objects.order_by("requested_at").select_related("quote__rate", "quote__account")
    for row in rows.annotate(approved_at=Max("approvals__at")).iterator(chunk_size=500):  # type: ignore[no-redef]
        for what, found, expected in _facts(row, terms):
            if found not in expected:
                yield f"withdrawal {row.pk}: {what} is {found}, {' or '.join(map(str, expected))} expected"


def _facts(row: Withdrawal, terms: Counting[PayoutTerms]) -> Iterator[tuple[str, Any, Sequence[Any]]]:
    """Yield (name, value in the withdrawal, allowed values)."""
    quote, at_request = row.quote, terms.at(row.requested_at)
    yield "creator", row.creator_id, [quote.creator_id]
    yield "owner of the account", quote.account.owner_id, [quote.creator_id]
    yield "account", row.account_id, [quote.account_id]
    yield "cents", row.cents, [quote.cents]
    yield "diamonds", row.diamonds, [quote.diamonds]
    yield "diamonds of the quote", quote.diamonds, [worth.cents_to_diamonds(quote.cents, quote.rate.micros)]
    yield "rate_micros", row.rate_micros, [quote.rate.micros]
    yield "week", row.week, [week_of(row.requested_at)]
    yield "requested while the quote held", quote.created_at <= row.requested_at < quote.expires_at, [True]
    needed = [one.approvals_of(row.cents, is_first=is_first) for one in at_request for is_first in (False, True)]
    yield "approvals_needed", row.approvals_needed, needed
    yield "at least the minimum", any(row.cents >= one.minimum_cents for one in at_request), [True]
    days = [arrives_by(row.requested_at, one) for one in at_request]
    if row.approved_at:
        days += [arrives_by(row.approved_at, one) for one in terms.at(row.approved_at)]
    yield "arrives_by", row.arrives_by, days


@books.check
def held_diamonds_are_open_withdrawals() -> Iterator[str]:
    held = f"""SELECT name, net AS diamonds FROM ({books.nets("WHERE reason IN ('hold', 'release', 'pay-out')")}) net
        WHERE name LIKE 'held:%' AND net <> 0"""
    open_ones = f"""SELECT 'held:user:' || creator_id AS name, SUM(diamonds) AS diamonds FROM payouts_withdrawal
        WHERE status IN ({OPEN}) GROUP BY creator_id"""
    for difference in differences(open_ones, held, keys=["name"], columns=["diamonds"]):
        expected, found = (side["diamonds"] if side else 0 for side in (difference.expected, difference.found))
        yield f"{difference.key[0]} holds {found} diamonds, open withdrawals need {expected}"


@books.check
def weeks_are_their_withdrawals() -> Iterator[str]:
    counted = f"""SELECT creator_id, week, SUM(cents) AS cents FROM payouts_withdrawal
        WHERE status NOT IN ({GIVEN_BACK}) GROUP BY creator_id, week"""
    used = "SELECT creator_id, week, used_cents AS cents FROM payouts_weeklyallowance WHERE used_cents <> 0"
    for difference in differences(counted, used, keys=["creator_id", "week"], columns=["cents"]):
        expected, found = (side["cents"] if side else 0 for side in (difference.expected, difference.found))
        creator, week = difference.key
        yield f"creator {creator} and week {week}: {found} cents used, withdrawals add up to {expected}"
    other_limit = is_not_in_force("allowance.limit_cents", "payouts_payoutterms", "weekly_cents", "last.requested_at")
    query = f"""SELECT allowance.creator_id, allowance.week, allowance.used_cents, allowance.limit_cents
        FROM payouts_weeklyallowance allowance
        LEFT JOIN (SELECT creator_id, week, MAX(requested_at) AS requested_at FROM payouts_withdrawal
            GROUP BY creator_id, week) last
            ON last.creator_id = allowance.creator_id AND last.week = allowance.week
        WHERE allowance.used_cents > allowance.limit_cents OR last.requested_at IS NULL OR {other_limit}"""
    for creator, week, cents, limit in rows_of(query):
        if cents > limit:
            yield f"creator {creator} withdrew {cents} cents in the week of {week}, above the maximum of {limit}"
        else:
            yield f"creator {creator}: {limit} cents wasn't the maximum when they withdrew in the week of {week}"


@books.check
def what_was_sent_had_its_approvals() -> Iterator[str]:
    was_sent = Q(first_sent_at__isnull=False) | ~Q(status__in=(Status.REQUESTED, Status.CANCELLED))
    needing = Withdrawal.objects.filter(was_sent, approvals_needed__gt=0).order_by()
    too_few = needing.annotate(given=Count("approvals")).filter(given__lt=F("approvals_needed"))
    for key, given, needed in too_few.values_list("pk", "given", "approvals_needed"):
        yield f"withdrawal {key} was sent with {given} of the {needed} approvals that it needed"
    too_many = Withdrawal.objects.order_by().annotate(given=Count("approvals")).filter(given__gt=F("approvals_needed"))
    for key, given, needed in too_many.values_list("pk", "given", "approvals_needed"):
        yield f"withdrawal {key} has {given} approvals, it needed {needed}"
    for waiting in Withdrawal.objects.filter(was_sent, attention=Withdrawal.Attention.APPROVAL).order_by():
        yield f"withdrawal {waiting.pk} waits for an approval, but it was sent"
    for approval in WithdrawalApproval.objects.filter(by=F("withdrawal__creator")):
        yield f"withdrawal {approval.withdrawal_id} was approved by its own creator"


@books.check
def reports_are_of_the_amount_that_was_sent() -> Iterator[str]:
    other = ProviderReport.objects.filter(cents__isnull=False).exclude(cents=F("withdrawal__cents"))
    for pk, provider, cents, asked in other.values_list("withdrawal", "provider", "cents", "withdrawal__cents"):
        yield f"withdrawal {pk}: {provider} reports {cents} cents, {asked} were sent"
