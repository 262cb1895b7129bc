"""Sending: lease, call of the provider, record. A worker may crash after each of the three."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from payouts.diamonds import diamond_balance
from payouts.gateways import sandbox
from payouts.models import Withdrawal
from payouts.withdrawals import sending
from payouts.withdrawals.approvals import give_back
from payouts.withdrawals.sending import call_back_withdrawal, reconcile_withdrawals, send_withdrawals
from payouts.withdrawals.transitions import mark_paid, return_withdrawal
from tests.operator import make_operator
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.withdrawals.steps import statuses

pytestmark = pytest.mark.django_db

SECOND, SOON, LATER = timedelta(seconds=1), timedelta(seconds=6), timedelta(minutes=3)


@pytest.mark.parametrize(
    ("receiver", "steps", "diamonds"),
    [
        ("cleo@example.com", ["requested", "sent", "paid"], 0),
        ("fail@example.com", ["requested", "failed"], 20_000),
        ("returned@example.com", ["requested", "sent", "returned"], 20_000),
        ("slow@example.com", ["requested", "sent"], 0),
        ("unknown@example.com", ["requested"], 0),
    ],
)
def test_the_sandbox_lets_the_receiver_choose_the_outcome(receiver, steps, diamonds):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo, receiver=receiver)
    now = timezone.now()
    for moment in (now, now + SOON, now + LATER, now + 2 * LATER):
        send_withdrawals(now=moment)

    assert statuses(withdrawal) == steps
    assert diamond_balance(cleo) == diamonds


def test_a_round_sends_and_the_next_one_asks(provider):
    withdrawal = withdraw(make_earner(20_000))
    now = timezone.now()

    sent = send_withdrawals(now=now)

    assert (sent, provider.sent, provider.asked) == (1, [withdrawal.id], [])

    sent = send_withdrawals(now=now + timedelta(seconds=1))

    assert sent == 0

    sent = send_withdrawals(now=now + SOON)

    assert (sent, provider.sent, provider.asked) == (1, [withdrawal.id], [withdrawal.id])

    sent = send_withdrawals(now=now + LATER)

    assert sent == 0


def test_a_worker_that_died_after_taking_up_is_followed_by_another_with_the_same_id(provider):
    withdrawal = withdraw(make_earner(20_000))
    now = timezone.now()
    sending._take_up(Withdrawal.objects.filter(pk=withdrawal.pk), now, 1)  # the worker dies here

    sent = send_withdrawals(now=now + timedelta(seconds=119))

    assert sent == 0

    sent = send_withdrawals(now=now + timedelta(seconds=121))

    assert sent == 1
    assert provider.sent == [withdrawal.id]


def test_a_worker_that_died_after_the_provider_accepted_sends_the_same_id_again_and_pays_once(provider):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo)
    now = timezone.now()
    [taken] = sending._take_up(Withdrawal.objects.filter(pk=withdrawal.pk), now, 1)
    account = taken.account
    provider.send(sending.Payout(taken.id, taken.cents, account.receiver, account.service.slug, account.country.code))

    send_withdrawals(now=now + LATER)
    send_withdrawals(now=now + LATER + SOON)

    assert provider.sent == [withdrawal.id, withdrawal.id]
    assert statuses(withdrawal) == ["requested", "sent", "paid"]


def test_an_answer_that_never_came_is_no_refusal(provider):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo, receiver="unknown@example.com")
    now = timezone.now()
    for minutes in range(0, 12, 3):
        send_withdrawals(now=now + timedelta(minutes=minutes))

    assert provider.sent == [withdrawal.id] * 4
    assert statuses(withdrawal) == ["requested"]
    assert diamond_balance(cleo) == 0


def test_a_provider_that_breaks_keeps_nobody_else_waiting(provider):
    cleo = make_earner(40_000)
    first, second = withdraw(cleo), withdraw(cleo)
    provider.broken.add(first.id)
    now = timezone.now()

    sent = send_withdrawals(now=now)

    assert sent == 2
    assert (statuses(first), statuses(second)) == (["requested"], ["requested", "sent"])

    provider.broken.clear()
    send_withdrawals(now=now + LATER)
    assert statuses(first) == ["requested", "sent"]


def test_a_withdrawal_of_a_provider_that_is_gone_keeps_nobody_else_waiting(provider):
    cleo = make_earner(40_000)
    first, second = withdraw(cleo), withdraw(cleo)
    Withdrawal.objects.filter(pk=first.pk).update(provider="gone")

    sent = send_withdrawals()

    assert sent == 2
    assert (statuses(first), statuses(second)) == (["requested"], ["requested", "sent"])


def test_nothing_is_sent_again_after_29_days_and_somebody_is_told(provider, caplog):
    withdrawal = withdraw(make_earner(20_000), receiver="unknown@example.com")
    asked = withdrawal.requested_at
    send_withdrawals(now=asked)
    send_withdrawals(now=asked + timedelta(days=29) - timedelta(seconds=1))
    withdrawal.refresh_from_db()
    assert withdrawal.attention == ""

    for days in (29, 31, 60):
        send_withdrawals(now=asked + timedelta(days=days))

    assert provider.sent == [withdrawal.id] * 2
    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.attention) == ("requested", "unanswered")
    assert "too old to be sent again" in caplog.text


def test_what_is_on_the_way_for_35_days_is_left_to_a_person_and_still_asked_after(provider):
    withdrawal = withdraw(make_earner(20_000), receiver="slow@example.com")
    sent_at = withdrawal.requested_at
    send_withdrawals(now=sent_at)
    send_withdrawals(now=sent_at + timedelta(days=35) - timedelta(seconds=1))
    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.attention) == ("sent", "")

    send_withdrawals(now=sent_at + timedelta(days=35))
    send_withdrawals(now=sent_at + timedelta(days=36))

    withdrawal.refresh_from_db()
    assert (withdrawal.status, withdrawal.attention) == ("sent", "unanswered")
    assert withdrawal.attention_why.startswith("Still on the way 35 days after it was sent.")
    assert len(provider.asked) == 2
    give_back(withdrawal, by=make_operator(), why="Never arrived there.")
    assert statuses(withdrawal) == ["requested", "sent", "failed"]


def test_what_was_sent_is_asked_after_however_old_it_is(provider):
    withdrawal = withdraw(make_earner(20_000), receiver="slow@example.com")
    send_withdrawals(now=withdrawal.requested_at)

    sent = send_withdrawals(now=withdrawal.requested_at + timedelta(days=31))

    assert sent == 1
    assert (provider.sent, provider.asked) == ([withdrawal.id], [withdrawal.id])


def test_what_was_paid_is_asked_after_once_a_day_and_may_come_back(provider):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo, receiver="returned@example.com")
    now = timezone.now()
    mark_paid(withdrawal, reference="p-1", by="otto@example.com")
    Withdrawal.objects.update(taken_at=now)

    asked = reconcile_withdrawals(now=now + timedelta(hours=23))

    assert asked == 0

    asked = reconcile_withdrawals(now=now + timedelta(hours=25))

    assert asked == 1

    asked = reconcile_withdrawals(now=now + timedelta(days=3))

    assert asked == 0
    assert statuses(withdrawal) == ["requested", "paid", "returned"]
    assert diamond_balance(cleo) == 20_000


def test_news_of_what_is_over_is_asked_after_at_once_and_after_no_answer_only_when_the_lease_is_over(provider):
    withdrawal = withdraw(make_earner(20_000), receiver="unknown@example.com")
    mark_paid(withdrawal, reference="p-1", by="otto@example.com")
    now = timezone.now()
    Withdrawal.objects.update(ask_now=True, first_sent_at=now, taken_at=now)

    asked = [seconds for seconds in (6, 12, 60, 125, 131, 140, 260) if send_withdrawals(now=now + seconds * SECOND)]

    assert asked == [6, 131, 260]
    assert provider.sent == [] and provider.asked == [withdrawal.id] * 3


def test_what_was_paid_long_ago_is_left_alone(provider):
    withdrawal = withdraw(make_earner(20_000))
    mark_paid(withdrawal, reference="p-1", by="sandbox")

    asked = reconcile_withdrawals(now=timezone.now() + timedelta(days=46))

    assert asked == 0


def test_what_is_over_is_never_sent(provider):
    withdrawal = withdraw(make_earner(20_000))
    return_withdrawal(withdrawal, status="failed", by="otto@example.com", why="Closed.")

    sent = send_withdrawals()

    assert sent == 0
    assert provider.sent == []


def test_no_provider_is_called_inside_a_transaction(monkeypatch, transactional_db):
    inside = []
    for question in ("send", "look_up", "call_back"):
        ask = getattr(sandbox.gateway, question)

        def listen(payout, question=question, ask=ask):
            inside.append((question, connection.in_atomic_block))
            return ask(payout)

        monkeypatch.setattr(sandbox.gateway, question, listen)
    withdrawal = withdraw(make_earner(20_000), receiver="unclaimed@example.com")
    now = timezone.now()
    send_withdrawals(now=now)
    send_withdrawals(now=now + SOON)
    call_back_withdrawal(withdrawal, by="cleo@example.com")

    assert inside == [("send", False), ("look_up", False), ("call_back", False)]
