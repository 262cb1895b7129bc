"""Withdrawals and recharges at once, on PostgreSQL with real threads, many rounds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from live.sessions.sessions import end_session
from payouts.diamonds import credit_diamonds, diamond_balance, diamonds_of, held_of
from payouts.models import Quote, Withdrawal
from payouts.withdrawals.allowance import resets_at, week_of
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.transitions import return_withdrawal
from payouts.withdrawals.withdrawals import WithdrawalRefused, cancel_withdrawal, quote, request_withdrawal
from tests.factories import (
    confirm,
    make_creator,
    make_payout_account,
    make_recharge,
    make_session,
    make_user,
    package_of,
    tap,
)
from tests.races.threads import at_once, raised, rounds, succeeded
from wallet import ledger
from wallet.coins import coin_balance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def creator_with_diamonds(diamonds):
    """A creator who earned that many diamonds in one live; a multiple of 10,000."""
    creator = make_creator()
    session = make_session(creator)
    rich = make_user("Rich", coins=diamonds)
    tap(rich, session, gift_slug="supernova", quantity=diamonds // 10_000)
    end_session(session, by="creator")
    return creator.user


@rounds
def test_32_withdrawals_of_700_dollars_at_once_accept_one(round_):
    cleo = creator_with_diamonds(200_000)
    account = make_payout_account(cleo)
    quotes = [quote(creator=cleo, account=account, cents=700_00) for _ in range(1)]
    quotes += [quotes[0].__class__.objects.create(**_copy(quotes[0])) for _ in range(31)]

    results = at_once(lambda one: request_withdrawal(quote=one, creator=cleo), quotes)

    assert len(succeeded(results)) == 1
    assert len(raised(results, WithdrawalRefused)) == 31
    assert diamond_balance(cleo) == 60_000
    assert ledger.balance(held_of(cleo)) == 140_000
    assert cleo.weekly_allowances.get().used_cents == 700_00


@rounds
def test_32_withdrawals_of_700_dollars_across_midnight_accept_one_in_each_week(round_):
    """The worker's clocks needn't agree: 16 requests of the old week race 16 of the new one."""
    cleo = creator_with_diamonds(320_000)
    monday = resets_at(week_of(timezone.now()))
    second = timedelta(seconds=1)
    one = quote(creator=cleo, account=make_payout_account(cleo), cents=700_00, now=monday - 2 * second)
    quotes = [one, *(Quote.objects.create(**_copy(one)) for _ in range(31))]
    moments = [monday - second if number % 2 else monday for number in range(32)]

    results = at_once(
        lambda pair: request_withdrawal(quote=pair[0], creator=cleo, now=pair[1]), zip(quotes, moments, strict=True)
    )

    assert len(raised(results, WithdrawalRefused)) == 30
    assert sorted(result.week for result in succeeded(results)) == [week_of(monday - second), week_of(monday)]
    assert [week.used_cents for week in cleo.weekly_allowances.all()] == [700_00, 700_00]
    assert ledger.balance(held_of(cleo)) == 280_000


@rounds
def test_one_quote_32_times_is_one_withdrawal(round_):
    cleo = creator_with_diamonds(100_000)
    one = quote(creator=cleo, account=make_payout_account(cleo), cents=200_00)

    results = at_once(lambda _: request_withdrawal(quote=one, creator=cleo), range(32))

    assert {result.pk for result in results} == {Withdrawal.objects.get().pk}
    assert diamond_balance(cleo) == 60_000


@rounds
def test_request_cancel_return_and_send_at_once_never_lock_each_other_up(round_):
    cleo = creator_with_diamonds(200_000)
    account = make_payout_account(cleo)
    open_ones = [
        request_withdrawal(quote=quote(creator=cleo, account=account, cents=100_00), creator=cleo) for _ in range(6)
    ]
    fresh = [quote(creator=cleo, account=account, cents=100_00) for _ in range(4)]
    jobs = [lambda one=one: cancel_withdrawal(one, by="creator") for one in open_ones]
    jobs += [lambda one=one: return_withdrawal(one, status="failed", by="test", why="Closed.") for one in open_ones]
    jobs += [lambda one=one: request_withdrawal(quote=one, creator=cleo) for one in fresh]
    jobs += [send_withdrawals for _ in range(4)]

    results = at_once(lambda job: job(), jobs)

    assert not [error for error in raised(results, Exception) if not isinstance(error, WithdrawalRefused)]
    held = sum(Withdrawal.objects.filter(status__in=Withdrawal.OPEN).values_list("diamonds", flat=True))
    assert ledger.balance(held_of(cleo)) == held
    assert ledger.balance(diamonds_of(cleo)) == 200_000 - held - sum(
        Withdrawal.objects.filter(status="paid").values_list("diamonds", flat=True)
    )


@rounds
def test_four_workers_share_the_withdrawals_and_pay_each_once(round_):
    cleo = creator_with_diamonds(200_000)
    account = make_payout_account(cleo)
    for _ in range(10):
        request_withdrawal(quote=quote(creator=cleo, account=account, cents=100_00), creator=cleo)

    taken = at_once(lambda _: send_withdrawals(), range(4), threads=4)

    assert sum(taken) == 10
    assert set(Withdrawal.objects.values_list("status", flat=True)) == {"sent"}


@rounds
def test_confirming_a_recharge_32_times_at_once_credits_once(round_):
    vera = make_user()
    recharge = make_recharge(vera, package=package_of(1000))

    results = at_once(lambda _: confirm(recharge), range(32))

    assert set(results) == {"confirmed"}
    assert coin_balance(vera) == 1000


@rounds
@pytest.mark.spoils_books  # No settlement stands behind these diamonds.
def test_diamonds_of_one_session_are_credited_once_however_often_it_is_tried(round_):
    cleo, session = make_user("Cleo"), make_session()
    tap(make_user(coins=100), session, gift_slug="encore")

    results = at_once(lambda _: credit_diamonds(cleo, 100, reference=session.id), range(32))

    assert len({result.transfer_id for result in results}) == 1
    assert diamond_balance(cleo) == 100


def _copy(one):
    fields = ("creator", "account", "rate", "cents", "diamonds", "expires_at")
    return {name: getattr(one, name) for name in fields}
