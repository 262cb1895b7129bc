"""What the books must say of diamonds, withdrawals and weeks."""

from django.db.models import Count, F, Q, Sum

from payouts.models import ProviderReport, WeeklyAllowance, Withdrawal, WithdrawalApproval
from wallet import books
from wallet.models import Reason, Unit

Status = Withdrawal.Status


@books.check
def diamonds_issued_are_held_or_redeemed():
    net = books.net_by_account(unit=Unit.DIAMOND)
    issued = -net.pop("diamonds:issuance", 0)
    elsewhere = sum(net.values())
    if issued != elsewhere:
        yield f"{issued} diamonds were issued, {elsewhere} are with creators, held or redeemed"


@books.check
def held_diamonds_are_open_withdrawals():
    open_ones = Withdrawal.objects.filter(status__in=Withdrawal.OPEN).order_by()
    expected = {f"held:user:{pk}": n for pk, n in open_ones.values_list("creator").annotate(sum=Sum("diamonds"))}
    held = {name: n for name, n in books.net_by_account(unit=Unit.DIAMOND).items() if name.startswith("held:")}
    yield from books.compare(expected, held, "{key} holds {found} diamonds, open withdrawals need {expected}")


@books.check
def withdrawals_are_their_transfers():
    every = dict(Withdrawal.objects.values_list("pk", "diamonds"))
    back = dict(Withdrawal.objects.filter(status__in=Withdrawal.GIVEN_BACK).values_list("pk", "diamonds"))
    paid = Withdrawal.objects.filter(status=Status.PAID)
    for expected, reason in (
        (every, Reason.HOLD),
        (back, Reason.RELEASE),
        (dict(paid.values_list("pk", "diamonds")), Reason.PAY_OUT),
        (dict(paid.values_list("pk", "cents")), Reason.PAY_OUT_CENTS),
    ):
        sentence = f"withdrawal {{key}}: {{found}} posted as {reason}, {{expected}} expected"
        yield from books.compare(expected, books.posted_for(reason), sentence)


@books.check
def weeks_are_their_withdrawals():
    counted = Withdrawal.objects.exclude(status__in=Withdrawal.GIVEN_BACK).order_by()
    expected = {(c, w): cents for c, w, cents in counted.values_list("creator", "week").annotate(sum=Sum("cents"))}
    rows = WeeklyAllowance.objects.values_list("creator", "week", "used_cents", "limit_cents")
    used = {(creator, week): cents for creator, week, cents, _ in rows}
    yield from books.compare(
        expected, used, "creator and week {key}: {found} cents used, withdrawals add up to {expected}"
    )
    for creator, week, cents, limit in rows:
        if cents > limit:
            yield f"creator {creator} withdrew {cents} cents in the week of {week}, above the maximum of {limit}"


@books.check
def what_was_sent_had_its_approvals():
    was_sent = Q(first_sent_at__isnull=False) | ~Q(status__in=(Status.REQUESTED, Status.CANCELLED))
    needing = Withdrawal.objects.filter(was_sent, approvals_needed__gt=0).order_by()
    for row in needing.annotate(given=Count("approvals")).filter(given__lt=F("approvals_needed")):
        yield f"withdrawal {row.pk} was sent with {row.given} of the {row.approvals_needed} approvals that it needed"
    for row in Withdrawal.objects.filter(was_sent, attention=Withdrawal.Attention.APPROVAL).order_by():
        yield f"withdrawal {row.pk} waits for an approval, but it was sent"
    for row in WithdrawalApproval.objects.filter(by=F("withdrawal__creator")):
        yield f"withdrawal {row.withdrawal_id} was approved by its own creator"


@books.check
def reports_are_of_the_amount_that_was_sent():
    other = ProviderReport.objects.filter(cents__isnull=False).exclude(cents=F("withdrawal__cents"))
    for pk, provider, cents, asked in other.values_list("withdrawal", "provider", "cents", "withdrawal__cents"):
        yield f"withdrawal {pk}: {provider} reports {cents} cents, {asked} were sent"
