"""The provider's report is compared with the books, with a planted difference of each kind."""

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from payouts import reconciliation
from payouts.gateways import Answer, PayoutAnswer
from payouts.gateways.paypal.statuses import ITEM
from payouts.models import ProviderReport
from payouts.reconciliation import MONEY_IS_BACK, MONEY_IS_OUT, days, movements, total
from payouts.withdrawals.approvals import mark_as_paid
from payouts.withdrawals.transitions import mark_paid, record_answer, return_withdrawal
from tests.operator import make_limited_operator, make_operator
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.operating import has_unknown_status

pytestmark = pytest.mark.django_db
TOTALS = "/admin/payouts/withdrawal/totals/"
PAID = PayoutAnswer(Answer.PAID, status="SUCCESS", fee_cents=25)
RETURNED = PayoutAnswer(Answer.RETURNED, status="RETURNED")
# Three past days of one month.
FIRST, SECOND, THIRD = (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (10, 11, 12))


@pytest.fixture
def cleo(db):
    return make_earner(160_000)


@pytest.fixture
def requested(cleo):
    """Withdrawals of 100 dollars, as many as a test asks for."""
    return lambda: withdraw(cleo, 100_00)


def say(withdrawal, answer, at, cents=None):
    """Report an answer of the provider and record it in the books."""
    amount = {"cents": cents or withdrawal.cents} if answer.answer == Answer.PAID else {}
    return record_answer(withdrawal, PayoutAnswer(**{**vars(answer), **amount}), by="sandbox", now=at)


def only_say(withdrawal, status, at, cents=None):
    """Report an answer of the provider and leave the books unchanged."""
    return ProviderReport.objects.create(
        withdrawal=withdrawal, provider="sandbox", status=status, cents=cents, fee_cents=25, at=at
    )


def between(first=FIRST, last=THIRD):
    return movements(first.date(), last.date())


def found(first=FIRST, last=THIRD):
    """Return day of the month, booked dollars, reported dollars, and the differences."""
    rows = between(first, last)
    return [(one.day.day, one.booked_cents // 100, one.reported_cents // 100, one.what) for one in rows]


# --- Both sides agree ---------------------------------------------------------------------------


def test_what_was_paid_and_reported_is_counted_on_its_day_with_the_fee(requested):
    for at in (FIRST, FIRST, SECOND):
        say(requested(), PAID, at)
    assert found() == [(10, 100, 100, ""), (10, 100, 100, ""), (11, 100, 100, "")]
    second, first = days(between())
    assert first == (date(2026, 3, 10), "sandbox", 2, 200_00, 2, 200_00, 50, [])
    assert second == (date(2026, 3, 11), "sandbox", 1, 100_00, 1, 100_00, 25, [])
    assert total([second, first])[2:] == (3, 300_00, 3, 300_00, 75, [])


def test_what_came_back_counts_below_zero_on_the_day_it_came(requested):
    withdrawal = requested()
    say(withdrawal, PAID, FIRST)
    say(withdrawal, RETURNED, THIRD)
    assert found() == [(10, 100, 100, ""), (12, -100, -100, "")]
    assert [(day.booked_count, day.reported_count) for day in days(between())] == [(-1, -1), (1, 1)]
    # From the second day on the range contains the return alone, and both sides agree.
    assert found(SECOND) == [(12, -100, -100, "")]


def test_paid_and_come_back_on_one_day_is_nothing(requested):
    withdrawal = requested()
    say(withdrawal, PAID, FIRST)
    say(withdrawal, RETURNED, FIRST + timedelta(hours=1))
    assert found() == []


def test_a_day_is_a_day_in_utc(requested):
    midnight = datetime(2026, 3, 11, tzinfo=UTC)
    say(requested(), PAID, midnight - timedelta(seconds=1))
    say(requested(), PAID, midnight)
    assert [one.day.day for one in between()] == [10, 11]
    assert found(SECOND, SECOND) == [(11, 100, 100, "")]


def test_a_word_that_is_repeated_counts_once_and_a_pending_one_not_at_all(requested):
    withdrawal = requested()
    only_say(withdrawal, "PENDING", FIRST)
    say(withdrawal, PAID, FIRST)
    for at in (FIRST, SECOND, THIRD):
        only_say(withdrawal, "SUCCESS", at, 100_00)
        only_say(withdrawal, "PENDING", at)
    assert found() == [(10, 100, 100, "")]
    assert total(days(between())).fee_cents == 25


@pytest.mark.parametrize("status", ITEM)
def test_every_word_of_paypal_is_known_for_what_it_means(status):
    answer = ITEM[status][0]
    assert (status in MONEY_IS_OUT) == (answer == Answer.PAID)
    assert (status in MONEY_IS_BACK) == (answer in (Answer.FAILED, Answer.RETURNED))


# --- Planted differences ------------------------------------------------------------------------


def test_payment_that_was_never_reported_is_a_difference(requested):
    mark_paid(requested(), reference="R1", by="test", now=FIRST)
    assert found() == [(10, 100, 0, reconciliation.NEVER_REPORTED)]


def test_success_of_a_batch_without_an_amount_is_not_yet_a_payment(requested):
    withdrawal = requested()
    mark_paid(withdrawal, reference="R1", by="test", now=FIRST)
    only_say(withdrawal, "SUCCESS", FIRST)
    assert found() == [(10, 100, 0, reconciliation.NEVER_REPORTED)]


def test_payment_concluded_by_hand_and_never_reported_is_a_difference():
    mark_as_paid(has_unknown_status(), by=make_operator(), why="Seen.", reference="R1")
    today = timezone.now()
    assert found(today, today) == [(today.astimezone(UTC).day, 100, 0, reconciliation.BY_HAND)]


def test_report_of_a_payment_that_the_books_lack_is_a_difference(requested):
    only_say(requested(), "SUCCESS", FIRST, 100_00)
    assert found() == [(10, 0, 100, reconciliation.NOT_PAID_HERE)]


@pytest.mark.spoils_books
def test_payment_of_another_amount_is_a_difference(requested):
    say(requested(), PAID, FIRST, cents=99_00)
    assert found() == [(10, 100, 99, reconciliation.OTHER_AMOUNT)]
    [day] = days(between())
    assert (day.difference_cents, len(day.differing)) == (-1_00, 1)


def test_return_that_was_never_reported_is_a_difference(requested):
    withdrawal = requested()
    say(withdrawal, PAID, FIRST)
    return_withdrawal(withdrawal, status="returned", by="test", why="Returned.", now=SECOND)
    assert found() == [(10, 100, 100, ""), (11, -100, 0, reconciliation.NOT_REPORTED_BACK)]


def test_report_of_a_return_that_the_books_lack_is_a_difference(requested):
    withdrawal = requested()
    say(withdrawal, PAID, FIRST)
    only_say(withdrawal, "REVERSED", SECOND)
    assert found() == [(10, 100, 100, ""), (11, 0, -100, reconciliation.NOT_BACK_HERE)]


def test_same_amount_on_different_days_is_a_difference_of_both_days(requested):
    withdrawal = requested()
    only_say(withdrawal, "SUCCESS", FIRST, 100_00)
    mark_paid(withdrawal, reference="R1", by="test", now=SECOND)
    assert found() == [(10, 0, 100, reconciliation.OTHER_DAY), (11, 100, 0, reconciliation.OTHER_DAY)]
    assert total(days(between())).difference_cents == 0


def test_a_contradiction_is_a_difference(requested):
    withdrawal = requested()
    return_withdrawal(withdrawal, status="failed", by="test", why="Closed.", now=FIRST)
    say(withdrawal, PAID, SECOND)
    assert found() == [(11, 0, 100, reconciliation.NOT_PAID_HERE)]


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_three_queries_however_much_there_is(requested, django_assert_num_queries, count):
    for _ in range(count):
        say(requested(), PAID, FIRST)
        only_say(requested(), "SUCCESS", SECOND, 100_00)
    with django_assert_num_queries(3):
        assert len([str(one.withdrawal.creator) for one in between()]) == 2 * count


# --- The screen ---------------------------------------------------------------------------------


RANGE = {"first": "2026-03-10", "last": "2026-03-12"}


def test_screen_shows_each_day_and_links_what_differs(client, otto, requested):
    say(requested(), PAID, FIRST)
    lost = requested()
    mark_paid(lost, reference="R1", by="test", now=SECOND)
    words = " ".join(client.get(TOTALS, RANGE).content.decode().split())
    assert "<strong>1 difference</strong>, -$100.00 in all." in words
    assert "Tue 10 Mar 2026" in words
    assert f'<a href="/admin/withdrawal/{lost.pk}/">$100.00 to Cleo</a>' in words
    assert reconciliation.NEVER_REPORTED in words


def test_screen_starts_with_the_last_fourteen_days(client, otto, requested):
    with time_machine.travel(timezone.now(), tick=False):
        say(requested(), PAID, timezone.now() - timedelta(days=13))
        say(requested(), PAID, timezone.now() - timedelta(days=14))
        answer = client.get(TOTALS)
    assert (answer.context["last"] - answer.context["first"]).days == 13
    assert (answer.context["total"].booked_count, answer.context["total"].differing) == (1, [])
    assert "Both sides agree" in answer.content.decode()


def test_screen_says_that_nothing_moved(client, otto):
    page = client.get(TOTALS)

    assert "Nothing moved" in page.content.decode()


def test_csv_has_a_line_for_each_movement_that_adds_up(client, otto, requested):
    say(requested(), PAID, FIRST)
    lost = requested()
    mark_paid(lost, reference="R1", by="test", now=SECOND)
    response = client.get(TOTALS, {**RANGE, "format": "csv"})
    assert response["Content-Disposition"] == 'attachment; filename="provider-totals-2026-03-10-2026-03-12.csv"'
    rows = list(csv.DictReader(response.content.decode("utf-8-sig").splitlines()))
    assert [(row["day_utc"], row["booked_usd"], row["reported_usd"], row["fee_usd"]) for row in rows] == [
        ("2026-03-10", "100.00", "100.00", "0.25"),
        ("2026-03-11", "100.00", "0.00", "0.00"),
    ]
    assert rows[1]["withdrawal"] == str(lost.pk)
    assert (rows[1]["difference_usd"], rows[1]["what_differs"]) == ("-100.00", reconciliation.NEVER_REPORTED)


@pytest.mark.once
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-03-12", "2026-03-10"),
        ("2026-01-01", "2026-04-03"),
        ("", "2026-03-10"),
        ("x", "y"),
        ("2026-02-30", "2026-03-10"),
        ("0001-01-01", "9999-12-31"),
    ],
)
def test_impossible_days_are_refused_in_words(client, otto, first, last):
    response = client.get(TOTALS, {"first": first, "last": last})
    assert response.status_code == 422
    assert response.context["form"].errors


@pytest.mark.parametrize(("day", "status"), [("0001-01-01", 200), ("9999-12-31", 422)])
def test_first_day_there_is_had_no_movement_and_the_last_one_is_to_come(client, otto, day, status):
    page = client.get(TOTALS, {"first": day, "last": day})

    assert page.status_code == status


def test_92_days_are_shown_at_once(client, otto):
    page = client.get(TOTALS, {"first": "2026-01-01", "last": "2026-04-02"})

    assert page.status_code == 200


def test_totals_are_for_staff_who_may_look_at_withdrawals(client):
    client.force_login(make_limited_operator("payouts.view_withdrawal"))
    page = client.get(TOTALS)

    assert page.status_code == 200

    client.logout()
    lena = make_operator("Lena", is_superuser=False)
    client.force_login(lena)
    page = client.get(TOTALS)

    assert page.status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_screen_takes_four_queries(client, otto, requested, django_assert_num_queries, count):
    for _ in range(count):
        mark_paid(requested(), reference="R1", by="test", now=FIRST)
    with django_assert_num_queries(4):
        client.get(TOTALS, RANGE)
