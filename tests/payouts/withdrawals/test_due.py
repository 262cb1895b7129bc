"""Named conditions of due withdrawals, as querysets and as properties of a row."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from payouts.models import DiamondRate, Quote, Withdrawal
from tests.factories import make_payout_account, make_user

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(microsecond=0)
SECONDS_5, SECONDS_6 = timedelta(seconds=5), timedelta(seconds=6)
MINUTES_9, MINUTES_10, MINUTES_11 = (timedelta(minutes=minutes) for minutes in (9, 10, 11))
MINUTES_29, MINUTES_31 = timedelta(minutes=29), timedelta(minutes=31)
LEASE, LONGER = timedelta(seconds=120), timedelta(seconds=121)
DAYS_29 = timedelta(days=29)
SECOND = timedelta(seconds=1)


def make_withdrawal(creator):
    """Make a row without diamonds behind it: these tests only read its columns."""
    account = make_payout_account(creator)
    numbers = {"creator": creator, "account": account, "cents": 100, "diamonds": 200}
    quote = Quote.objects.create(rate=DiamondRate.objects.at(), expires_at=NOW, **numbers)
    dates = {"week": NOW.date(), "arrives_by": NOW.date(), "requested_at": NOW}
    return Withdrawal.objects.create(quote=quote, provider="sandbox", rate_micros=5000, **dates, **numbers)


@pytest.fixture
def is_among(settings):
    """`is_among("unnamed", status="sent")`: say whether a withdrawal with these columns is in that queryset.

    Ages are given as timedeltas before NOW; the lease is 120 seconds, and a withdrawal is asked about every 5.
    """
    settings.PAYOUT_LEASE_SECONDS, settings.PAYOUT_ASK_SECONDS = 120, 5
    withdrawal = make_withdrawal(make_user())

    def is_among(name, *moments, **columns):
        ages = ("taken_at", "first_sent_at", "requested_at")
        columns = {key: NOW - value if key in ages and value else value for key, value in columns.items()}
        Withdrawal.objects.filter(pk=withdrawal.pk).update(**columns)
        return getattr(Withdrawal.objects, name)(*moments).exists()

    return is_among


@pytest.mark.parametrize(
    ("columns", "unnamed"),
    [
        ({}, True),
        ({"provider_reference": "B-1"}, False),
        ({"provider_item": "I-1"}, False),
        ({"status": "sent"}, False),
    ],
)
def test_unnamed_is_requested_without_reference_and_item_and_named_is_the_rest(is_among, columns, unnamed):
    assert is_among("unnamed", **columns) is unnamed
    assert is_among("named", **columns) is not unnamed


@pytest.mark.parametrize(
    ("first_sent", "may_be_resent"), [(None, True), (DAYS_29 - SECOND, True), (DAYS_29, False), (DAYS_29 * 2, False)]
)
def test_may_be_resent_for_29_days_after_it_was_first_sent(is_among, first_sent, may_be_resent):
    assert is_among("may_be_resent", NOW, first_sent_at=first_sent) is may_be_resent


def test_row_and_query_agree_on_unnamed_and_on_what_may_be_resent(is_among):
    names, ages = ("", "x"), (None, SECOND, DAYS_29, DAYS_29 + SECOND)
    for status, reference, item, age in product(Withdrawal.Status.values, names, names, ages):
        columns = {"status": status, "provider_reference": reference, "provider_item": item, "first_sent_at": age}
        unnamed, resent = is_among("unnamed", **columns), is_among("may_be_resent", NOW)
        row = Withdrawal.objects.get()

        assert (row.is_unnamed, row.may_be_resent(NOW)) == (unnamed, resent), columns


@pytest.mark.parametrize(("first_sent", "fresh"), [(None, True), (MINUTES_9, True), (MINUTES_10, False)])
def test_fresh_for_ten_minutes_after_it_was_first_sent(is_among, first_sent, fresh):
    assert is_among("fresh", NOW, first_sent_at=first_sent) is fresh


@pytest.mark.parametrize(("taken", "before"), [(None, False), (SECOND, False), (SECOND * 2, True)])
def test_taken_before_leaves_out_what_was_never_taken_up(is_among, taken, before):
    assert is_among("taken_before", NOW - SECOND, taken_at=taken) is before


@pytest.mark.parametrize(
    ("first_sent", "taken", "rested"),
    [
        (None, None, False),
        (None, LEASE, False),
        (None, LONGER, True),
        (MINUTES_9, LEASE, False),
        (MINUTES_9, LONGER, True),
        (MINUTES_11, MINUTES_29, False),
        (MINUTES_11, MINUTES_31, True),
    ],
)
def test_rested_is_a_lease_while_fresh_and_half_an_hour_later_on(is_among, first_sent, taken, rested):
    assert is_among("rested", NOW, first_sent_at=first_sent, taken_at=taken) is rested


@pytest.mark.parametrize(
    ("columns", "due"),
    [
        ({}, True),
        ({"attention": "unanswered"}, False),
        ({"status": "sent"}, False),
        ({"taken_at": LEASE}, False),
        ({"taken_at": LONGER}, True),
        ({"taken_at": LONGER, "first_sent_at": LONGER}, True),
        ({"taken_at": MINUTES_29, "first_sent_at": DAYS_29 - SECOND}, False),
        ({"taken_at": MINUTES_31, "first_sent_at": DAYS_29 - SECOND}, True),
        ({"taken_at": MINUTES_31, "first_sent_at": DAYS_29}, False),
    ],
)
def test_due_to_send_is_never_taken_up_or_left_by_a_worker_that_died(is_among, columns, due):
    assert is_among("due_to_send", NOW, **columns) is due


@pytest.mark.parametrize(
    ("columns", "due"),
    [
        ({}, False),
        # On the way.
        ({"status": "sent", "first_sent_at": MINUTES_9, "taken_at": SECONDS_5}, False),
        ({"status": "sent", "first_sent_at": MINUTES_9, "taken_at": SECONDS_6}, True),
        ({"status": "sent", "first_sent_at": MINUTES_11, "taken_at": MINUTES_29}, False),
        ({"status": "sent", "first_sent_at": DAYS_29 * 2, "taken_at": MINUTES_31}, True),
        # In a status that no rule covers.
        ({"attention": "unknown-status", "provider_item": "I-1", "taken_at": MINUTES_29}, False),
        ({"attention": "unknown-status", "provider_item": "I-1", "taken_at": MINUTES_31}, True),
        ({"attention": "unknown-status", "taken_at": MINUTES_31}, False),
        # With news.
        ({"ask_now": True}, False),
        ({"ask_now": True, "status": "paid", "first_sent_at": MINUTES_31, "taken_at": SECONDS_5}, False),
        ({"ask_now": True, "status": "paid", "first_sent_at": MINUTES_31, "taken_at": SECONDS_6}, True),
        ({"ask_now": True, "status": "paid", "first_sent_at": MINUTES_31, "taken_at": LEASE, "trouble": "x"}, False),
        ({"ask_now": True, "status": "paid", "first_sent_at": MINUTES_31, "taken_at": LONGER, "trouble": "x"}, True),
        ({"ask_now": True, "attention": "unanswered", "first_sent_at": MINUTES_31, "taken_at": LEASE}, False),
        ({"ask_now": True, "attention": "unanswered", "first_sent_at": MINUTES_31, "taken_at": LONGER}, True),
        ({"ask_now": True, "attention": "unanswered", "first_sent_at": DAYS_29, "taken_at": LONGER}, False),
    ],
)
def test_due_to_look_up_is_on_the_way_or_in_an_unknown_status_or_has_news(is_among, columns, due):
    assert is_among("due_to_look_up", NOW, **columns) is due


@pytest.mark.parametrize(
    ("columns", "due"),
    [
        ({"status": "sent", "taken_at": None}, False),
        ({"status": "paid", "taken_at": timedelta(days=1)}, False),
        ({"status": "paid", "taken_at": timedelta(days=1, seconds=1)}, True),
        ({"status": "paid", "taken_at": None, "requested_at": timedelta(days=45)}, False),
    ],
)
def test_due_to_reconcile_is_paid_within_45_days_and_not_looked_up_for_a_day(is_among, columns, due):
    assert is_among("due_to_reconcile", NOW, **columns) is due


@pytest.mark.parametrize(
    ("columns", "silent"),
    [
        ({"first_sent_at": DAYS_29 - SECOND}, False),
        ({"first_sent_at": DAYS_29}, True),
        ({"first_sent_at": DAYS_29, "attention": "unanswered"}, False),
        ({"first_sent_at": DAYS_29, "status": "sent"}, False),
        ({"first_sent_at": None}, False),
    ],
)
def test_silent_too_long_is_requested_and_first_sent_29_days_ago(is_among, columns, silent):
    assert is_among("silent_too_long", NOW, **columns) is silent


@pytest.mark.parametrize(
    ("columns", "too_long"),
    [
        ({"status": "sent", "first_sent_at": timedelta(days=35) - SECOND}, False),
        ({"status": "sent", "first_sent_at": timedelta(days=35)}, True),
        ({"status": "sent", "first_sent_at": timedelta(days=35), "attention": "unanswered"}, False),
        ({"status": "requested", "first_sent_at": timedelta(days=35)}, False),
    ],
)
def test_on_the_way_too_long_is_sent_35_days_ago(is_among, columns, too_long):
    assert is_among("on_the_way_too_long", NOW, **columns) is too_long
