"""How often a payout is asked after, and how many a round takes up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from payouts.models import Withdrawal
from payouts.withdrawals import sending
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.transitions import mark_paid
from tests.payouts.earning import make_earner, withdraw, withdraw_often

pytestmark = pytest.mark.django_db


def test_what_is_on_the_way_is_asked_after_often_at_first_and_then_half_hourly(provider):
    withdrawal = withdraw(make_earner(20_000), receiver="slow@example.com")
    now = timezone.now()
    send_withdrawals(now=now)

    asked = []
    for seconds in [4, 6, 10, 12, 599, 605, 660, 2300, 2500, 4000, 4400, 86_400]:
        if send_withdrawals(now=now + timedelta(seconds=seconds)):
            asked.append(seconds)

    assert asked == [6, 12, 599, 2500, 4400, 86_400]
    assert provider.sent == [withdrawal.id]


def test_what_is_never_answered_is_sent_again_half_hourly_after_ten_minutes(provider):
    withdraw(make_earner(20_000), receiver="unknown@example.com")
    now = timezone.now()

    sent = [m for m in (0, 1, 3, 6, 9, 12, 20, 38, 41, 60, 72) if send_withdrawals(now=now + timedelta(minutes=m))]

    assert sent == [0, 3, 6, 9, 41, 72]


def test_a_hundred_are_taken_up_by_twenties(provider, monkeypatch):
    withdraw_often(45)
    taken = []
    ask = sending._ask_about_each
    monkeypatch.setattr(
        sending, "_ask_about_each", lambda batch, **more: taken.append(len(batch)) or ask(batch, **more)
    )

    # Fix the moment: after five seconds the first of them would be due for a status query.
    sent = send_withdrawals(now=timezone.now())

    assert sent == 45
    assert taken == [20, 20, 5]


def test_what_a_third_of_a_lease_was_not_enough_for_is_left_until_the_lease_is_over(provider, settings):
    settings.PAYOUT_LEASE_SECONDS = 0.0002
    withdraw_often(3)
    send_withdrawals()
    assert len(provider.sent) < 3

    settings.PAYOUT_LEASE_SECONDS = 120
    send_withdrawals(now=timezone.now() + timedelta(seconds=119))
    assert len(provider.sent) < 3
    send_withdrawals(now=timezone.now() + timedelta(seconds=121))
    assert sorted(provider.sent) == sorted(Withdrawal.objects.values_list("pk", flat=True))


def test_what_somebody_touched_after_it_was_taken_up_is_not_sent(provider):
    first, second = (withdraw(cleo) for cleo in [make_earner(40_000)] * 2)
    taken = sending._take_up(Withdrawal.objects.all(), timezone.now(), 2)
    mark_paid(first, reference="by-hand", by="otto@example.com")
    sending._ask_about_each(taken)

    assert provider.sent == [second.id]
