"""The tracker's words: for each state of a withdrawal its facts, whose turn it is, and the next step."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from payouts.models import PayoutTerms, Withdrawal, WithdrawalApproval
from payouts.withdrawals.sending import call_back_withdrawal, send_withdrawals
from payouts.withdrawals.tracking import track
from payouts.withdrawals.transitions import mark_paid, return_withdrawal
from payouts.withdrawals.withdrawals import cancel_withdrawal
from tests.factories import make_user
from tests.payouts.earning import withdraw

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 20, 13, tzinfo=UTC)
ARRIVES = "It should arrive by Saturday 28 November 2026."


def now_at(withdrawal, later=timedelta(0)):
    """Return the track of the withdrawal's stored row, some time after NOW."""
    fresh = Withdrawal.objects.select_related("account__service").get(pk=withdrawal.pk)
    with time_machine.travel(NOW + later, tick=False):
        return track(fresh)


def send(*laters):
    for seconds in laters:
        send_withdrawals(now=NOW + timedelta(seconds=seconds))


def looks(track):
    return [(step.look, step.name) for step in track.steps]


def test_requested_one_is_sent_within_a_minute_and_may_be_cancelled(cleo):
    one = now_at(withdraw(cleo, 250_00, now=NOW))

    assert one.said == "Ovation has it, and sends it to PayPal within a minute or so."
    assert (one.turn, one.then) == ("Ovation", f"Until then you can cancel. {ARRIVES}")
    assert one.takes_back == "Cancel this withdrawal"
    assert looks(one) == [("now", "Requested"), ("next", "Sent to PayPal"), ("next", "Paid")]
    assert (one.steps[0].at, one.steps[0].why) == (NOW, "50,000 diamonds reserved")
    assert one.steps[2].why == "by Sat 28 Nov 2026"


def test_approval_says_whether_one_person_or_two_look_at_it(cleo):
    PayoutTerms.objects.create(
        minimum_cents=100_00, weekly_cents=1000_00, approval_cents=100_00, two_people_cents=140_00,
        starts_at=NOW - timedelta(days=1), reason_given="Look at large ones",
    )  # fmt: skip
    one, two = withdraw(cleo, 120_00, now=NOW), withdraw(cleo, 150_00, now=NOW)

    assert now_at(one).said == "A person at Ovation looks at it before it is sent."
    assert now_at(one).turn == "Ovation" and "You can cancel meanwhile." in now_at(one).then
    assert now_at(one, timedelta(days=3)).then.endswith(ARRIVES)
    assert now_at(one, timedelta(days=4)).then.endswith("the days until it arrives count from their yes.")
    assert looks(now_at(one))[1] == ("next", "Approved")
    before = now_at(two)
    assert before.said == "Two people at Ovation look at it before it is sent. None of them has said yes yet."
    WithdrawalApproval.objects.create(withdrawal=two, by=make_user("Otto"), why="Known creator")
    after = now_at(two)
    assert after.said == "Two people at Ovation look at it before it is sent. One of them has said yes."
    assert before.seen != after.seen


def test_unanswered_one_is_asked_again_and_may_not_be_cancelled(cleo):
    withdrawal = withdraw(cleo, now=NOW)
    Withdrawal.objects.update(taken_at=NOW, first_sent_at=NOW)
    one = now_at(withdrawal)

    assert one.said == (
        "PayPal hasn’t answered yet. Ovation asks again by itself, under the same reference, so it can’t be paid twice."
    )
    assert one.turn == "Ovation" and one.takes_back == ""


def test_unreachable_provider_is_asked_again_under_the_same_reference(cleo):
    withdrawal = withdraw(cleo, receiver="unknown@example.com", now=NOW)
    before = now_at(withdrawal)
    send(1)
    one = now_at(withdrawal)

    assert one.said.startswith("PayPal couldn’t be reached. Ovation asks again by itself, under the same reference")
    assert one.then == f"Nothing to do for you. Your diamonds stay reserved until there is an answer. {ARRIVES}"
    assert before.seen != one.seen != now_at(withdrawal, timedelta(days=9)).seen


def test_person_looks_up_what_is_on_the_way_for_too_long(cleo):
    withdrawal = withdraw(cleo, receiver="slow@example.com", now=NOW)
    send(0, 35 * 86_400)

    one = now_at(withdrawal, timedelta(days=35))

    assert (
        one.said == "PayPal has had it for longer than it should, and says neither that it is paid nor that it is back."
    )
    assert one.turn == "Ovation" and "until then they stay reserved" in one.then


def test_person_looks_up_what_was_never_answered_and_nothing_is_sent_again(cleo):
    withdrawal = withdraw(cleo, receiver="unknown@example.com", now=NOW)
    send(1, 31 * 86_400)
    one = now_at(withdrawal, timedelta(days=31))

    assert one.said == (
        "PayPal has not answered for so long that Ovation doesn’t send it again: it could be paid twice."
    )
    assert one.turn == "Ovation" and one.then.startswith("A person looks it up at PayPal by its reference.")


def test_sent_one_says_when_it_arrives_and_that_it_is_late(cleo):
    withdrawal = withdraw(cleo, receiver="slow@example.com", now=NOW)
    send(1)
    one, late = now_at(withdrawal), now_at(withdrawal, timedelta(days=4))

    assert (one.said, one.turn, one.then) == ("PayPal has it.", "PayPal", ARRIVES)
    assert looks(one) == [("done", "Requested"), ("now", "Sent to PayPal"), ("next", "Paid")]
    assert late.then.startswith("It should have arrived by Saturday 28 November 2026 and is later than it should be.")
    assert one.seen != late.seen


def test_sent_one_says_that_the_provider_is_unreachable_just_now(cleo):
    withdrawal = withdraw(cleo, receiver="slow@example.com", now=NOW)
    send(1)
    Withdrawal.objects.update(trouble="sandbox could not be asked: TimeoutException")

    assert now_at(withdrawal).said == "PayPal has it. It couldn’t be asked just now; Ovation asks again by itself."


def test_payout_on_hold_waits_for_the_providers_own_check(cleo):
    withdrawal = withdraw(cleo, receiver="slow@example.com", now=NOW)
    send(1)
    before = now_at(withdrawal)
    Withdrawal.objects.update(provider_status="ONHOLD")
    one = now_at(withdrawal)

    assert (one.said, one.turn) == ("PayPal has it, and holds it for a check of its own.", "PayPal")
    assert "It may ask you for something: look there." in one.then
    assert before.seen != one.seen


def test_unclaimed_one_is_called_back_by_its_creator(cleo):
    withdrawal = withdraw(cleo, receiver="unclaimed@example.com", now=NOW)
    send(1, 60)
    one = now_at(withdrawal)

    assert (one.said, one.turn) == ("PayPal has the money, and nobody has claimed it yet.", "You")
    assert one.then == (
        "Claim it at PayPal as u•••@example.com, or call it back. "
        "What isn’t claimed comes back by itself, about Friday 25 December 2026."
    )
    assert (one.takes_back, one.steps[-1].why) == ("Call it back", "when you claim it")
    call_back_withdrawal(withdrawal, by=cleo.email)
    assert now_at(withdrawal).said.startswith("It came back from PayPal. Your 20,000 diamonds are back")


@pytest.mark.spoils_books  # a status without its step
def test_person_looks_into_a_status_without_a_rule(cleo):
    withdrawal = withdraw(cleo, receiver="strange@example.com", now=NOW)
    send(1, 60)
    one = now_at(withdrawal)

    assert one.said == "PayPal says something of it that Ovation has no rule for."
    assert one.turn == "Ovation" and "until then they stay reserved" in one.then
    assert one.then.startswith("A person looks into it, and Ovation keeps asking PayPal. It is then paid")
    # Without a reference from PayPal no status query is possible.
    Withdrawal.objects.update(status="requested", provider_reference="", provider_item="")
    assert now_at(withdrawal).then.startswith("A person looks into it. It is then paid")


def test_paid_one_is_over_and_names_the_receiver_half_hidden(cleo):
    withdrawal = withdraw(cleo, now=NOW)
    send(1, 60)
    one = now_at(withdrawal)

    assert one.said == "PayPal has paid it out to c•••@example.com."
    assert (one.turn, one.takes_back) == ("Nobody: it is over", "")
    assert [look for look, _ in looks(one)] == ["done", "done", "done"]


@pytest.mark.parametrize(
    ("status", "said", "look"),
    [("failed", "PayPal didn’t pay it.", "bad"), ("returned", "It came back from PayPal.", "back")],
)
def test_failed_or_returned_one_gives_diamonds_and_week_back_and_says_why(cleo, status, said, look):
    withdrawal = withdraw(cleo, now=NOW)
    return_withdrawal(withdrawal, status=status, by="sandbox", why="No such account.", now=NOW)
    one = now_at(withdrawal)

    assert one.said == (
        f"{said} Your 20,000 diamonds are back, and so is its part of the limit of the week of 23 November."
    )
    assert (one.turn, one.steps[-1].look, one.steps[-1].why) == ("You", look, "No such account.")


def test_paid_one_that_comes_back_says_so(cleo):
    withdrawal = withdraw(cleo, now=NOW)
    mark_paid(withdrawal, reference="x", by="sandbox", now=NOW)
    return_withdrawal(withdrawal, status="returned", by="sandbox", why="The owner sent it back.", now=NOW)

    assert looks(now_at(withdrawal)) == [("done", "Requested"), ("done", "Paid"), ("back", "Returned")]


def test_cancelled_one_is_over_and_gives_diamonds_back(cleo):
    withdrawal = withdraw(cleo, now=NOW)
    cancel_withdrawal(withdrawal, by=cleo.email)
    one = now_at(withdrawal)

    assert one.said.startswith("It was cancelled before it was sent. Your 20,000 diamonds are back")
    assert (one.turn, one.steps[-1].why) == ("Nobody: it is over", "Cancelled by the creator")


def test_what_the_provider_contradicts_is_looked_into(cleo):
    withdrawal = withdraw(cleo, now=NOW)
    cancel_withdrawal(withdrawal, by=cleo.email)
    Withdrawal.objects.update(attention="contradiction", attention_why="sandbox says SUCCESS")
    one = now_at(withdrawal)

    assert one.said == "Here it is cancelled, but PayPal says otherwise."
    assert one.turn == "Ovation" and "SUCCESS" not in f"{one}"


def test_what_is_seen_stays_while_nothing_is_new(cleo):
    withdrawal = withdraw(cleo, receiver="slow@example.com", now=NOW)
    send(1)
    before = now_at(withdrawal).seen
    send(3_600, 7_200)

    assert now_at(withdrawal, timedelta(hours=3)).seen == before
