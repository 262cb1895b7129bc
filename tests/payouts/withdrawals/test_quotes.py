"""Quotes: the rules in the order in which a person meets them, the frozen values, and expiry."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from payouts.diamonds import diamond_balance
from payouts.gateways import sandbox
from payouts.models import DiamondRate, PayoutService, PayoutTerms, Quote, Withdrawal
from payouts.money import usd
from payouts.receiving.accounts import remove_payout_account
from payouts.withdrawals.withdrawals import WithdrawalRefused, forget_expired_quotes, quote, request_withdrawal
from tests.factories import make_payout_account, make_user
from tests.payouts.earning import make_earner, withdraw

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime(2026, 11, 25, 12, tzinfo=UTC)


def refusal(cleo, cents, account=None):
    with pytest.raises(WithdrawalRefused) as refused:
        quote(creator=cleo, account=account or make_payout_account(cleo), cents=cents)
    assert not Quote.objects.filter(cents=cents).exists()
    return str(refused.value)


def test_a_quote_freezes_dollars_diamonds_rate_and_account_for_60_seconds():
    cleo = make_earner(60_000)
    account = make_payout_account(cleo)
    with time_machine.travel(WEDNESDAY, tick=False):
        one = quote(creator=cleo, account=account, cents=250_00)

    assert (one.cents, one.diamonds, one.rate.micros, one.account) == (250_00, 50_000, 5_000, account)
    assert one.expires_at - one.created_at == timedelta(seconds=60)
    assert diamond_balance(cleo) == 60_000


def test_amount_below_the_minimum_is_refused_with_the_minimum():
    words = refusal(make_earner(60_000), 99_99)

    assert words == "The least you can withdraw at once is $100.00."


def test_amount_above_the_rest_of_the_week_is_refused_with_the_rest():
    with time_machine.travel(WEDNESDAY, tick=False):
        cleo = make_earner(300_000)
        withdraw(cleo, 760_00)
        account = cleo.payout_accounts.get()

        words = refusal(cleo, 240_01, account)

        assert words == (
            "You can withdraw $240.00 more this week. "
            "The limit of $1,000.00 a week resets on Monday 30 November at 00:00 UTC."
        )

        quoted = quote(creator=cleo, account=account, cents=240_00)

        assert quoted


def test_amount_above_the_diamonds_is_refused_with_what_is_available():
    words = refusal(make_earner(25_000), 125_01)

    assert words == (
        "$125.00 is available: 25,000 diamonds at $0.005 each, the rate since 1 January 2025. "
        "This withdrawal needs 25,002."
    )


def test_99_dollars_99_are_not_100():
    words = refusal(make_earner(19_999), 100_00)

    assert words == ("The least you can withdraw at once is $100.00. You have $99.99, so $0.01 more is needed.")


@pytest.mark.parametrize(
    ("diamonds", "used", "most"),
    [
        (68_386, 0, 341_93),
        (300_000, 0, 1_000_00),
        (300_000, 760_00, 240_00),
        (38_000, 760_00, 190_00),
        (40_000, 800_00, 200_00),
    ],
)
def test_a_refusal_names_what_can_go_and_just_that_is_taken(diamonds, used, most):
    with time_machine.travel(WEDNESDAY, tick=False):
        cleo = make_earner(diamonds + used * 2)
        account = make_payout_account(cleo)
        if used:
            withdraw(cleo, used, account=account)

        for cents in (most + 1, 1_000_000_00, 999_999_999_99):
            words = refusal(cleo, cents, account)
            assert f"{usd(most)} is available" in words or f"You can withdraw {usd(most)} more this week." in words
        quoted = quote(creator=cleo, account=account, cents=most)

        assert quoted.cents == most


@pytest.mark.parametrize(
    ("diamonds", "used", "words"),
    [
        (0, 0, "The least you can withdraw at once is $100.00. You have $0.00, so $100.00 more is needed."),
        (19_999, 0, "The least you can withdraw at once is $100.00. You have $99.99, so $0.01 more is needed."),
        (10_000, 950_00, "The least you can withdraw at once is $100.00. You have $50.00, so $50.00 more is needed."),
        (30_000, 950_00, "You can withdraw $50.00 more this week, and the least at once is $100.00. The limit resets"),
        (30_000, 1_000_00, "You have withdrawn the $1,000.00 that can go in one week. The limit resets on Monday 30"),
    ],
)
def test_when_no_amount_can_go_every_amount_is_told_why(diamonds, used, words):
    with time_machine.travel(WEDNESDAY, tick=False):
        cleo = make_earner(diamonds + used * 2)
        account = make_payout_account(cleo)
        if used:
            withdraw(cleo, used, account=account)

        for cents in (60_00, 100_00, 1_000_000_00):
            said = refusal(cleo, cents, account)

            assert said.startswith(words)


def test_a_removed_account_is_refused_before_any_amount():
    cleo = make_earner(0)
    account = make_payout_account(cleo)
    remove_payout_account(account)
    account.refresh_from_db()

    words = refusal(cleo, 1, account)

    assert words == (f"This payout account was removed on {account.removed_at:%-d %B %Y}. Choose another one.")


def test_a_service_that_the_provider_cannot_send_through_is_refused(monkeypatch):
    cleo = make_earner(60_000)
    account = make_payout_account(cleo, service="bank", receiver="PT50000201231234567890154")
    monkeypatch.setattr(sandbox.gateway, "services", frozenset({"paypal"}), raising=False)

    words = refusal(cleo, 100_00, account)

    assert words == "Bank transfer isn't available in Portugal any more. Choose another account."


def test_a_service_that_left_the_country_is_refused():
    cleo = make_earner(0)
    account = make_payout_account(cleo, country="PT")
    PayoutService.objects.filter(slug="paypal").update(countries="ES,FR")
    account = cleo.payout_accounts.get()

    words = refusal(cleo, 100_00, account)

    assert words == ("PayPal isn't available in Portugal any more. Choose another account.")


# --- From quote to withdrawal ---------------------------------------------------------------------


def test_the_rate_may_change_between_quote_and_confirmation_and_the_quotes_rate_counts():
    cleo = make_earner(60_000)
    one = quote(creator=cleo, account=make_payout_account(cleo), cents=200_00)
    DiamondRate.objects.create(micros=2_500, reason_given="Half of it")

    withdrawal = request_withdrawal(quote=one, creator=cleo)

    assert (withdrawal.cents, withdrawal.diamonds, withdrawal.rate_micros) == (200_00, 40_000, 5_000)
    assert diamond_balance(cleo) == 20_000


def test_an_expired_quote_is_refused_and_nothing_is_held():
    cleo = make_earner(60_000)
    one = quote(creator=cleo, account=make_payout_account(cleo), cents=200_00)

    with pytest.raises(WithdrawalRefused, match=f"expired: it held until {one.expires_at:%H:%M:%S} UTC"):
        request_withdrawal(quote=one, creator=cleo, now=one.expires_at)
    assert (diamond_balance(cleo), Withdrawal.objects.count()) == (60_000, 0)

    withdrawal = request_withdrawal(quote=one, creator=cleo, now=one.expires_at - timedelta(microseconds=1))

    assert withdrawal


def test_a_used_quote_returns_its_withdrawal_even_after_it_expired():
    cleo = make_earner(60_000)
    one = quote(creator=cleo, account=make_payout_account(cleo), cents=100_00)
    first = request_withdrawal(quote=one, creator=cleo)

    again = request_withdrawal(quote=one, creator=cleo, now=one.expires_at + timedelta(days=1))

    assert again == first
    assert diamond_balance(cleo) == 40_000


def test_the_quote_of_somebody_else_is_not_there():
    cleo = make_earner(60_000)
    one = quote(creator=cleo, account=make_payout_account(cleo), cents=100_00)

    with pytest.raises(Quote.DoesNotExist):
        request_withdrawal(quote=one, creator=make_user("Mallory"))


def test_two_quotes_over_the_same_diamonds_become_one_withdrawal():
    cleo = make_earner(30_000)
    account = make_payout_account(cleo)
    first, second = (quote(creator=cleo, account=account, cents=100_00) for _ in range(2))
    request_withdrawal(quote=first, creator=cleo)

    with pytest.raises(WithdrawalRefused, match=r"You have \$50\.00, so \$50\.00 more is needed"):
        request_withdrawal(quote=second, creator=cleo)


def test_terms_that_tightened_since_the_quote_are_refused_kindly():
    cleo = make_earner(60_000)
    one = quote(creator=cleo, account=make_payout_account(cleo), cents=300_00)
    PayoutTerms.objects.create(minimum_cents=100_00, weekly_cents=200_00, reason_given="Less a week")

    with pytest.raises(WithdrawalRefused, match=r"You can withdraw \$200\.00 more this week"):
        request_withdrawal(quote=one, creator=cleo)


def test_an_account_removed_since_the_quote_gets_no_money():
    cleo = make_earner(60_000)
    account = make_payout_account(cleo)
    one = quote(creator=cleo, account=account, cents=100_00)
    remove_payout_account(account)

    with pytest.raises(WithdrawalRefused, match="was removed"):
        request_withdrawal(quote=Quote.objects.get(pk=one.pk), creator=cleo)


def test_unused_quotes_are_forgotten_a_day_after_they_expired_and_used_ones_kept():
    cleo = make_earner(60_000)
    used = withdraw(cleo).quote
    unused = quote(creator=cleo, account=used.account, cents=100_00)

    forgotten = forget_expired_quotes(now=unused.expires_at + timedelta(hours=23))

    assert forgotten == 0

    forgotten = forget_expired_quotes(now=timezone.now() + timedelta(days=2))

    assert forgotten == 1
    assert list(Quote.objects.all()) == [used]
