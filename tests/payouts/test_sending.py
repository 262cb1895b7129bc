"""Sending: taken up, asked of the provider, recorded; each of the three may be the last before a crash."""

import itertools
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from payouts import sending
from payouts.diamonds import diamond_balance
from payouts.gateways import Answer, PayoutAnswer, sandbox
from payouts.gateways.paypal.statuses import ITEM
from payouts.models import PayoutService, PayoutTerms, Withdrawal
from payouts.providers import is_offered, services_offered
from payouts.sending import call_back_withdrawal, can_be_called_back, reconcile_withdrawals, send_withdrawals
from payouts.transitions import mark_paid, record_answer, return_withdrawal
from payouts.withdrawals import WithdrawalRefused
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.paypal.bank import NINE
from wallet.books import check_books
from wallet.models import Reason, Transfer

pytestmark = pytest.mark.django_db

SOON, LATER = timedelta(seconds=6), timedelta(minutes=3)


class Provider:
    """The sandbox, with its ears open: which payouts it was asked to send and asked after, and what breaks."""

    slug, is_sandbox, services = "sandbox", True, None

    def __init__(self):
        self.sent, self.asked, self.broken = [], [], set()

    def send(self, payout):
        self.sent.append(payout.id)
        if payout.id in self.broken:
            raise ConnectionError("reset by peer")
        return sandbox.SandboxGateway().send(payout)

    def look_up(self, payout):
        self.asked.append(payout.id)
        return sandbox.SandboxGateway().look_up(payout)


@pytest.fixture
def provider(monkeypatch):
    provider = Provider()
    monkeypatch.setattr(sandbox, "gateway", provider)
    return provider


def statuses(withdrawal):
    return list(withdrawal.steps.values_list("status", flat=True))


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

    assert (send_withdrawals(now=now), provider.sent, provider.asked) == (1, [withdrawal.id], [])
    assert send_withdrawals(now=now + timedelta(seconds=1)) == 0
    assert (send_withdrawals(now=now + SOON), provider.sent, provider.asked) == (1, [withdrawal.id], [withdrawal.id])
    assert send_withdrawals(now=now + LATER) == 0


def test_a_worker_that_died_after_taking_up_is_followed_by_another_with_the_same_id(provider):
    withdrawal = withdraw(make_earner(20_000))
    now = timezone.now()
    sending._take_up(sending.Q(pk=withdrawal.pk), now, 1)  # and then the light went out

    assert send_withdrawals(now=now + timedelta(seconds=119)) == 0
    assert send_withdrawals(now=now + timedelta(seconds=121)) == 1
    assert provider.sent == [withdrawal.id]


def test_a_worker_that_died_after_the_provider_accepted_sends_the_same_id_again_and_pays_once(provider):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo)
    now = timezone.now()
    [taken] = sending._take_up(sending.Q(pk=withdrawal.pk), now, 1)
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

    assert send_withdrawals(now=now) == 2
    assert (statuses(first), statuses(second)) == (["requested"], ["requested", "sent"])

    provider.broken.clear()
    send_withdrawals(now=now + LATER)
    assert statuses(first) == ["requested", "sent"]


def test_a_withdrawal_of_a_provider_that_is_gone_keeps_nobody_else_waiting(provider):
    cleo = make_earner(40_000)
    first, second = withdraw(cleo), withdraw(cleo)
    Withdrawal.objects.filter(pk=first.pk).update(provider="gone")

    assert send_withdrawals() == 2
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


def test_what_was_sent_is_asked_after_however_old_it_is(provider):
    withdrawal = withdraw(make_earner(20_000), receiver="slow@example.com")
    send_withdrawals(now=withdrawal.requested_at)

    assert send_withdrawals(now=withdrawal.requested_at + timedelta(days=31)) == 1
    assert (provider.sent, provider.asked) == ([withdrawal.id], [withdrawal.id])


def test_what_was_paid_is_asked_after_once_a_day_and_may_come_back(provider):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo, receiver="returned@example.com")
    now = timezone.now()
    mark_paid(withdrawal, reference="p-1", by="otto@example.com")
    Withdrawal.objects.update(taken_at=now)

    assert reconcile_withdrawals(now=now + timedelta(hours=23)) == 0
    assert reconcile_withdrawals(now=now + timedelta(hours=25)) == 1
    assert reconcile_withdrawals(now=now + timedelta(days=3)) == 0
    assert statuses(withdrawal) == ["requested", "paid", "returned"]
    assert diamond_balance(cleo) == 20_000


def test_what_was_paid_long_ago_is_left_alone(provider):
    withdrawal = withdraw(make_earner(20_000))
    mark_paid(withdrawal, reference="p-1", by="sandbox")

    assert reconcile_withdrawals(now=timezone.now() + timedelta(days=46)) == 0


def test_what_is_over_is_never_sent(provider):
    withdrawal = withdraw(make_earner(20_000))
    return_withdrawal(withdrawal, status="failed", by="otto@example.com", why="Closed.")

    assert send_withdrawals() == 0
    assert provider.sent == []


def test_no_provider_is_called_inside_a_transaction(provider, monkeypatch, transactional_db):
    from django.db import connection

    inside = []
    send = provider.send
    monkeypatch.setattr(provider, "send", lambda payout: inside.append(connection.in_atomic_block) or send(payout))
    withdraw(make_earner(20_000))
    send_withdrawals()

    assert inside == [False]


# --- Every pair of statuses ---------------------------------------------------------------------------

# What each of PayPal's nine statuses, and one that nobody knows, means; and where a withdrawal ends that is first
# reported in the status on the left and then in the one above: s(ent), p(aid), f(ailed), r(eturned), q: still
# requested. `?` waits for a person: a status without a rule, or money at the receiver after it was given back.
STATUSES = [*NINE, "UNHEARD_OF"]
ENDS = """
SUCCESS     p  r  p  p  r  p  r  r  r  p?
FAILED      f? f  f  f  f  f  f  f  f  f?
PENDING     p  f  s  s  r  s  f  r  r  s?
UNCLAIMED   p  f  s  s  r  s  f  r  r  s?
RETURNED    r? r  r  r  r  r  r  r  r  r?
ONHOLD      p  f  s  s  r  s  f  r  r  s?
BLOCKED     f? f  f  f  f  f  f  f  f  f?
REFUNDED    r? r  r  r  r  r  r  r  r  r?
REVERSED    r? r  r  r  r  r  r  r  r  r?
UNHEARD_OF  p  f  s  s  r  s  f  r  r  q?
"""
PAIRS = {
    (first, second): end
    for first, *ends in map(str.split, ENDS.strip().splitlines())
    for second, end in zip(STATUSES, ends, strict=True)
}


def many_withdrawals(count):
    """So many withdrawals of $1.00 by one creator, in a week without much of a limit."""
    PayoutTerms.objects.create(
        starts_at=timezone.now() - timedelta(seconds=1), minimum_cents=100, weekly_cents=1_000_00, reason_given="Tests."
    )
    cleo = make_earner(200 * count)
    return cleo, [withdraw(cleo, 100) for _ in range(count)]


def ends_of(withdrawals):
    rows = {row.pk: row for row in Withdrawal.objects.filter(pk__in=[one.pk for one in withdrawals])}
    letters = {"requested": "q", "sent": "s", "paid": "p", "failed": "f", "returned": "r"}
    return [letters[rows[one.pk].status] + ("?" if rows[one.pk].attention else "") for one in withdrawals]


def check_once(withdrawals):
    """Each was paid at most once and given back at most once, and nothing stayed behind."""
    for one in withdrawals:
        posted = Counter(Transfer.objects.filter(reference=one.pk, reverses=None).values_list("reason", flat=True))
        assert posted[Reason.PAY_OUT] <= 1 and posted[Reason.RELEASE] <= 1
        assert max(Counter(statuses(one)).values()) == 1
    assert check_books() == []


def test_every_ordered_pair_of_statuses_each_repeated_pays_at_most_once_and_gives_back_at_most_once():
    cleo, withdrawals = many_withdrawals(len(PAIRS))
    for withdrawal, pair in zip(withdrawals, PAIRS, strict=True):
        for status in [word for word in pair for _ in range(3)]:
            answer, why = ITEM.get(status, (Answer.UNCLEAR, ""))
            record_answer(withdrawal, PayoutAnswer(answer, status=status, why=why), by="paypal")

    assert dict(zip(PAIRS, ends_of(withdrawals), strict=True)) == PAIRS
    check_once(withdrawals)
    kept = sum(200 for end in PAIRS.values() if end[0] in "fr")
    assert diamond_balance(cleo) == kept


def test_every_ordered_pair_of_statuses_asked_of_paypal_ends_the_same(paypal):
    _, withdrawals = many_withdrawals(len(PAIRS))
    moments = (timezone.now() + number * SOON for number in itertools.count())
    send_withdrawals(now=next(moments))
    for place in (0, 1):
        for withdrawal, pair in zip(withdrawals, PAIRS, strict=True):
            paypal.bank.set_status(withdrawal.id, pair[place])
        for _ in range(2):
            Withdrawal.objects.update(ask_now=True)
            send_withdrawals(now=next(moments))

    # It was sent before it was first asked after, so none is still requested.
    assert dict(zip(PAIRS, ends_of(withdrawals), strict=True)) == {
        pair: end.replace("q", "s") for pair, end in PAIRS.items()
    }
    check_once(withdrawals)
    paid = sum(100 for end in PAIRS.values() if end == "p")
    # What PayPal paid after it had said that it came back: in the books it is back, and a person looks at it.
    contradicting = sum(100 for (_, second), end in PAIRS.items() if second == "SUCCESS" and end.endswith("?"))
    assert contradicting == 500
    assert paypal.bank.totals()["paid_cents"] == paid + contradicting


# --- How often, how many at once ----------------------------------------------------------------------


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
    many_withdrawals(45)
    taken = []
    settle = sending._settle
    monkeypatch.setattr(sending, "_settle", lambda batch, **more: taken.append(len(batch)) or settle(batch, **more))

    assert send_withdrawals() == 45
    assert taken == [20, 20, 5]


def test_what_a_third_of_a_lease_was_not_enough_for_is_left_until_the_lease_is_over(provider, settings):
    settings.PAYOUT_LEASE_SECONDS = 0.0002
    many_withdrawals(3)
    send_withdrawals()
    assert len(provider.sent) < 3

    settings.PAYOUT_LEASE_SECONDS = 120
    send_withdrawals(now=timezone.now() + timedelta(seconds=119))
    assert len(provider.sent) < 3
    send_withdrawals(now=timezone.now() + timedelta(seconds=121))
    assert sorted(provider.sent) == sorted(Withdrawal.objects.values_list("pk", flat=True))


def test_what_somebody_touched_after_it_was_taken_up_is_not_sent(provider):
    first, second = (withdraw(cleo) for cleo in [make_earner(40_000)] * 2)
    taken = sending._take_up(sending.Q(), timezone.now(), 2)
    mark_paid(first, reference="by-hand", by="otto@example.com")
    sending._settle(taken)

    assert provider.sent == [second.id]


# --- Called back --------------------------------------------------------------------------------------


@pytest.fixture
def unclaimed():
    """Cleo's $100.00, which lies at the sandbox unclaimed."""
    withdrawal = withdraw(make_earner(20_000), receiver="unclaimed@example.com")
    now = timezone.now()
    send_withdrawals(now=now)
    send_withdrawals(now=now + SOON)
    withdrawal.refresh_from_db()
    return withdrawal


def test_what_nobody_has_claimed_is_called_back_once(unclaimed):
    assert can_be_called_back(unclaimed)

    for _ in range(2):
        back = call_back_withdrawal(unclaimed, by="cleo@example.com")
        assert (back.status, back.ask_now) == ("returned", False)

    assert statuses(unclaimed) == ["requested", "sent", "returned"]
    assert diamond_balance(unclaimed.creator) == 20_000
    assert list(unclaimed.reports.values_list("status", "why"))[-2:] == [
        ("CALL_BACK", "Called back by cleo@example.com"),
        ("RETURNED", "Called back before it was claimed."),
    ]


@pytest.mark.parametrize(
    ("receiver", "words"),
    [
        ("slow@example.com", "This withdrawal isn't waiting to be claimed any more: PayPal has it in hand."),
        ("cleo@example.com", "This withdrawal is paid; only one that lies at PayPal unclaimed can be called back."),
        ("fail@example.com", "This withdrawal is failed; only one that lies at PayPal unclaimed can be called back."),
    ],
)
def test_what_is_not_unclaimed_is_not_called_back(receiver, words):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo, receiver=receiver)
    now = timezone.now()
    send_withdrawals(now=now)
    send_withdrawals(now=now + SOON)
    before, diamonds = statuses(withdrawal), diamond_balance(cleo)

    with pytest.raises(WithdrawalRefused) as refusal:
        call_back_withdrawal(withdrawal, by="cleo@example.com")

    assert str(refusal.value) == words
    assert (statuses(withdrawal), diamond_balance(cleo)) == (before, diamonds)
    assert not withdrawal.reports.filter(status="CALL_BACK").exists()


@pytest.fixture
def unclaimed_at_paypal(paypal):
    paypal.bank.outcomes = {"UNCLAIMED": 1}
    withdrawal = withdraw(make_earner(20_000))
    now = timezone.now()
    send_withdrawals(now=now)
    send_withdrawals(now=now + SOON)
    withdrawal.refresh_from_db()
    return withdrawal


def test_paypal_gives_back_what_nobody_has_claimed(paypal, unclaimed_at_paypal):
    back = call_back_withdrawal(unclaimed_at_paypal, by="cleo@example.com")

    assert (back.status, back.provider_status) == ("returned", "RETURNED")
    assert back.steps.last().why == "Called back before anybody claimed it."
    assert diamond_balance(back.creator) == 20_000


@pytest.mark.parametrize("fault", ["cut-after", "hang-after", "503-after", "garbage-after"])
def test_a_call_back_whose_answer_got_lost_is_looked_up(paypal, unclaimed_at_paypal, fault):
    paypal.bank.fail_next("cancel", fault)

    assert call_back_withdrawal(unclaimed_at_paypal, by="cleo@example.com").status == "returned"
    assert paypal.bank.requests["cancel"] == 1


def test_a_call_back_that_nobody_answers_says_so_and_the_worker_finds_out(paypal, unclaimed_at_paypal):
    paypal.bank.fail_next("cancel", "cut-after")
    paypal.bank.fail_next("item", "503-before", "503-before")

    with pytest.raises(WithdrawalRefused, match="gave no answer, so it may be back or not"):
        call_back_withdrawal(unclaimed_at_paypal, by="cleo@example.com")
    assert diamond_balance(unclaimed_at_paypal.creator) == 0

    send_withdrawals(now=timezone.now() + 2 * SOON)
    unclaimed_at_paypal.refresh_from_db()
    assert unclaimed_at_paypal.status == "returned"
    assert diamond_balance(unclaimed_at_paypal.creator) == 20_000


def test_what_was_claimed_a_moment_ago_is_paid_and_not_called_back(paypal, unclaimed_at_paypal):
    paypal.bank.set_status(unclaimed_at_paypal.id, "SUCCESS")

    with pytest.raises(WithdrawalRefused, match="This withdrawal is paid"):
        call_back_withdrawal(unclaimed_at_paypal, by="cleo@example.com")

    assert paypal.bank.totals()["paid"] == {str(unclaimed_at_paypal.id): 100_00}
    assert diamond_balance(unclaimed_at_paypal.creator) == 0


# --- Which services -----------------------------------------------------------------------------------


def test_the_sandbox_offers_every_approved_service():
    assert {service.slug for service in services_offered()} == set(
        PayoutService.objects.filter(is_approved=True).values_list("slug", flat=True)
    )
    assert len(services_offered()) > 1


def test_paypal_offers_paypal_alone(paypal):
    assert [service.slug for service in services_offered()] == ["paypal"]
    offered = [service.slug for service in PayoutService.objects.all() if is_offered(service, "PT")]
    assert offered == ["paypal"]
