"""What the books must say of diamonds, withdrawals and weeks."""

from django.db.models import Sum

from payouts.models import WeeklyAllowance, Withdrawal
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
