"""Live Gifts: Cleo's balance, withdrawals on their way, and the list of withdrawals."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from payouts.models import PayoutTerms
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.tracking import in_short
from payouts.withdrawals.withdrawals import cancel_withdrawal
from tests.factories import make_creator, make_session, make_user, tap
from tests.live.live_gifts import read
from tests.payouts.earning import earn, make_earner, withdraw

pytestmark = pytest.mark.django_db

PAGE = "/payouts/"


def datum(page, name):
    return re.search(rf'id="{name}" value="([^"]*)"', page)[1]


def test_balance_dollars_and_the_rest_of_the_week_are_shown_exactly(client):
    page = read(client, make_earner(60_000))

    assert datum(page, "diamond-balance") == "60000"
    assert datum(page, "available-usd") == "300.00"
    assert datum(page, "weekly-remaining-usd") == "1000.00"
    assert "at $0.005, the rate since 1 January 2025" in page
    assert '<a class="button wide" href="/payouts/withdraw/">Withdraw</a>' in page


def test_19999_diamonds_are_99_dollars_99_and_cannot_be_withdrawn(client):
    page = read(client, make_earner(19_999))

    assert datum(page, "available-usd") == "99.99"
    assert "$100.00:" in page and "$0.01 to go" in page and "1 more Spark" in page
    assert 'href="/payouts/withdraw/"' not in page


def test_what_is_missing_is_said_in_gifts(client):
    page = read(client, make_earner(15_200))

    assert "$24.00 to go until $100.00:" in page
    assert "2 more Tall Ships" in page
    assert '<progress max="10000" value="7600"' in page


def test_a_creator_without_diamonds_is_told_how_it_begins(client):
    page = read(client, make_creator(followers=0).user)

    assert datum(page, "diamond-balance") == "0"
    assert "$100.00 to go until $100.00:" in page and "2 more Supernovas" in page
    assert "No withdrawals yet" in page
    assert "No live has brought gifts in these weeks." in page


@pytest.mark.once
def test_somebody_who_is_no_creator_is_shown_the_way_to_the_studio(client):
    page = read(client, make_user())

    assert 'href="/live/studio/"' in page
    assert datum(page, "diamond-balance") == "0"
    assert "Withdrawals</h2>" not in page


@pytest.mark.once
def test_nobody_sees_it_without_signing_in(client):
    response = client.get(PAGE)

    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/payouts/"


def test_a_used_up_week_says_when_it_resets_instead_of_offering_a_withdrawal(client):
    with time_machine.travel("2026-11-25 12:00Z", tick=False):
        cleo = make_earner(300_000)
        withdraw(cleo, 1000_00)
        page = read(client, cleo)

    assert datum(page, "weekly-remaining-usd") == "0.00"
    assert "You have withdrawn the $1,000.00 that can go in one week." in page
    assert "The limit resets on Monday 30 November at 00:00 UTC." in page
    assert 'href="/payouts/withdraw/"' not in page


def test_the_reset_is_told_in_the_readers_zone_too(client):
    client.cookies["tz"] = "America/New_York"
    with time_machine.travel("2026-11-25 12:00Z", tick=False):
        page = read(client, make_earner(0))

    assert (
        '$0.00 of $1,000.00, resets on <time datetime="2026-11-30T00:00:00+00:00" title="30 November 2026, 00:00 UTC">'
        "Monday 00:00 UTC</time> (Sunday 19:00 for you)</p>"
    ) in page


def test_tiles_add_up_what_is_live_on_the_way_and_paid(client):
    with time_machine.travel("2026-11-10 12:00Z", tick=False):
        cleo = make_earner(100_000)
        withdraw(cleo, 100_00)
        send_withdrawals()
    with time_machine.travel("2026-11-10 13:00Z", tick=False):
        send_withdrawals()
    with time_machine.travel("2026-11-17 12:00Z", tick=False):
        withdraw(cleo, 120_00)
        session = make_session(cleo.creator)
        tap(make_user(coins=10_000), session, gift_slug="supernova")
        page = read(client, cleo)

    assert "<span>Live now</span> <strong>$50.00</strong>" in page
    assert "<span>On the way</span> <strong>$120.00</strong> <span>by 20 Nov</span>" in page
    assert "<span>Paid so far</span> <strong>$100.00</strong> <span>1 withdrawal</span>" in page


def test_withdrawals_are_listed_with_status_in_words(client):
    cleo = make_earner(100_000)
    failed = withdraw(cleo, 100_00, receiver="fail@example.com")
    send_withdrawals()
    cancelled = withdraw(cleo, 110_00)
    cancel_withdrawal(cancelled, by=cleo.email)
    page = read(client, cleo)

    assert f'data-withdrawal="{failed.id}" data-status="failed"' in page
    assert "The account is closed. The diamonds are back." in page
    assert f'data-withdrawal="{cancelled.id}" data-status="cancelled"' in page
    assert page.index(str(cancelled.id)) < page.index(str(failed.id))


def test_an_open_withdrawal_says_in_the_list_what_it_waits_for(client):
    cleo = make_earner(100_000)
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    late = withdraw(cleo, 100_00, receiver="slow@example.com", now=now)
    unclaimed = withdraw(cleo, 100_00, receiver="unclaimed@example.com", now=now)
    strange = withdraw(cleo, 100_00, receiver="strange@example.com", now=now)
    for seconds in (1, 60):
        send_withdrawals(now=now + timedelta(seconds=seconds))
    PayoutTerms.objects.create(
        minimum_cents=100_00, weekly_cents=1000_00, approval_cents=0, starts_at=now + timedelta(seconds=30),
        reason_given="Look at each",
    )  # fmt: skip
    approval = withdraw(cleo, 100_00, now=now + timedelta(minutes=1))
    with time_machine.travel(now, tick=False):
        found = {one.pk: in_short(one) for one in cleo.withdrawals.all()}

    assert found == {
        late.pk: "arrives by 28 Nov",
        unclaimed.pk: "nobody has claimed it yet",
        strange.pk: "Ovation looks into it",
        approval.pk: "waits for approval",
    }
    late.refresh_from_db()
    with time_machine.travel(now + timedelta(days=4), tick=False):
        assert in_short(late) == "late, it should have arrived by 28 Nov"
    with time_machine.travel(now, tick=False):
        page = read(client, cleo)
    assert all(words in page for words in found.values())


def test_the_withdrawals_of_others_are_not_there(client):
    other = withdraw(make_earner(40_000, "Nova"))

    answer = make_earner(40_000)

    assert str(other.id) not in read(client, answer)


@pytest.mark.once
@pytest.mark.parametrize("page", ["2", "99", "-1", "x", "٣", str(2**63)])
def test_pages_that_are_not_there_show_the_nearest(client, page):
    client.force_login(make_earner(0))

    shown = client.get(PAGE, {"page": page})

    assert shown.status_code == 200


@pytest.mark.parametrize("withdrawals", [1, 3])
def test_nine_queries_however_many_withdrawals(client, django_assert_num_queries, withdrawals):
    cleo = make_earner(10_000 + 20_000 * withdrawals)
    for _ in range(withdrawals):
        withdraw(cleo)
    tap(make_user(coins=100), make_session(cleo.creator))
    client.force_login(cleo)

    with django_assert_num_queries(9):
        page = client.get(PAGE).content.decode()
    assert page.count("data-withdrawal=") == withdrawals


@pytest.mark.parametrize("lives", [1, 3])
def test_seven_queries_however_many_lives_when_something_can_go(client, django_assert_num_queries, lives):
    cleo = make_earner(20_000)
    for _ in range(lives):
        earn(cleo.creator, 100)
    client.force_login(cleo)

    with django_assert_num_queries(7):
        client.get(PAGE)


@pytest.mark.once
def test_head_is_answered_and_post_is_not(client):
    client.force_login(make_user())

    statuses = [client.head(PAGE).status_code, client.post(PAGE).status_code]

    assert statuses == [200, 405]
