"""The viewer's history: its words, and its page by month and live, exact and her own alone."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from live.models import Gift
from live.sessions.sessions import end_session
from live.totals.spending import Month, Spent, months_of, spending_in
from people.models import User
from tests.factories import confirm, give_coins, make_recharge, make_user, tap
from tests.htmx import HTMX
from tests.wallet.giving import cleo_live
from wallet import history, ledger
from wallet.accounts import COINS_REDEEMED
from wallet.coins import coins_of
from wallet.models import CoinRate, Reason, Transfer

pytestmark = pytest.mark.django_db

PAGE = "/wallet/history/"


def read(client, user, url=PAGE, **options):
    client.force_login(user)
    response = client.get(url, **options)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


# --- Words --------------------------------------------------------------------------------------


def test_gifts_of_one_live_are_one_line_that_opens_to_each_gift(client):
    vera = make_user(coins=11_000)
    session = cleo_live()
    for _ in range(8):
        tap(vera, session, gift_slug="panda")
    tap(vera, session, gift_slug="skyline", quantity=2)

    page = read(client, vera)

    line = page.partition('<details class="fold">')[2].partition("</details>")[0]
    assert "<strong>Friday strings</strong> <small>Cleo Marin ·" in line
    assert '−2,040 <span class="hush">coins</span></span> <small>$20.40</small>' in line
    assert re.findall(r'alt="" width="22" height="22"> (.+?)</li>', line) == ["Skyline ×2", "Panda ×8"]
    assert f'href="/wallet/history/{session.pk}/"' in line
    assert page.count('<details class="fold">') == 1
    assert "Recharge by card" in page


def test_month_says_what_was_given_and_what_was_paid(client):
    vera, session = make_user(coins=11_000), cleo_live()
    tap(vera, session, gift_slug="skyline", quantity=2)

    spending = spending_in(vera, Month.of(timezone.now()), None)

    assert spending.spent == Spent(coins=2_000, micros=20_000_000, recharges=1, cents=11_000)
    page = read(client, vera)
    assert "<strong>2,000 coins</strong> <span>$20.00</span>" in page
    assert "<strong>$110.00</strong> <span>1 recharge</span>" in page


def test_face_without_a_name_has_a_line_of_its_own(client):
    vera, session = make_user(coins=100), cleo_live()
    tap(vera, session)
    User.objects.filter(pk=vera.pk).update(is_somebody=True)
    tap(User.objects.get(pk=vera.pk), session)

    page = read(client, vera)

    assert page.count("<strong>Friday strings</strong>") == 2
    assert page.count("· as Somebody") == 1


def test_every_entry_has_its_signed_coins_and_what_they_cost():
    vera, session = make_user(coins=100), cleo_live()
    tap(vera, session, gift_slug="panda", quantity=3)

    entries = [(entry.words.text, entry.coins, entry.micros) for entry in history.latest_entries(vera)]

    assert entries == [
        ("Panda ×3 to Cleo Marin in “Friday strings”", -15, 150_000),
        ("Recharge by card", 100, 1_000_000),
    ]


@pytest.mark.once
def test_paypal_keeps_its_capitals():
    vera = make_user()
    confirm(make_recharge(vera, method="paypal"))

    assert history.latest_entries(vera)[0].words.text == "Recharge by PayPal"


def test_gift_that_was_renamed_keeps_the_name_it_was_sent_under():
    vera, session = make_user(coins=100), cleo_live()
    tap(vera, session)

    Gift.objects.filter(slug="panda").update(name="Red Panda")

    assert history.latest_entries(vera)[0].words.text == "Panda to Cleo Marin in “Friday strings”"


def test_coins_are_worth_what_they_cost_at_the_time():
    vera, session = make_user(coins=100), cleo_live()
    tap(vera, session)
    now = Transfer.objects.first().created_at
    CoinRate.objects.create(starts_at=now + timedelta(days=365), micros=20_000, reason_given="Dearer next year.")

    with time_machine.travel(now + timedelta(days=730), tick=False):
        tap(vera, session)
        entries = history.latest_entries(vera)

    assert [entry.micros for entry in entries] == [100_000, 50_000, 1_000_000]


@pytest.mark.spoils_books
def test_reversed_recharge_says_that_it_was_taken_back():
    vera = make_user(coins=100)
    ledger.reverse(Transfer.objects.get(reason=Reason.RECHARGE))

    entries = [(entry.words.text, entry.coins) for entry in history.latest_entries(vera)]

    assert entries == [("Taken back: Recharge by card", -100), ("Recharge by card", 100)]


@pytest.mark.spoils_books
def test_transfer_that_nobody_describes_is_named_by_its_reason(client):
    vera = make_user(coins=100)
    ledger.post(debit=coins_of(vera), credit=COINS_REDEEMED, amount=10, reason=Reason.SETTLE_POINTS, reference=uuid4())

    assert history.latest_entries(vera)[0].words == history.Words("Points settled")
    assert "Points settled" in read(client, vera)


def test_diamonds_of_a_live_are_told_with_its_title():
    session = cleo_live()
    tap(make_user(coins=100), session)
    end_session(session, by="creator")

    settled = Transfer.objects.get(reason=Reason.SETTLE_DIAMONDS)

    assert history.words_for([settled])[settled.pk] == history.Words(
        text="Diamonds from “Friday strings”", url=f"/live/{session.pk}/summary/"
    )


@pytest.mark.once
def test_titles_are_text_never_markup(client):
    vera, session = make_user(coins=100), cleo_live(title="<img src=x onerror=alert(1)>")
    tap(vera, session)

    page = read(client, vera)

    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


# --- The page -----------------------------------------------------------------------------------


def test_history_is_ones_own(client):
    make_user(coins=1_000)

    page = read(client, make_user("Mallory"))

    assert "Nothing has moved yet" in page
    assert "Recharge by card" not in page


@pytest.mark.once
def test_times_are_in_the_readers_zone_and_say_so(client):
    with time_machine.travel(datetime(2026, 1, 15, 22, 30, tzinfo=UTC), tick=False):
        vera = make_user(coins=100)

    assert "15 Jan 2026, 22:30 UTC" in read(client, vera)
    client.cookies["tz"] = "Asia/Tokyo"
    assert "16 Jan 2026, 07:30 JST" in read(client, vera)


def test_25_a_page_newest_first(client):
    vera = make_user()
    for method in ["card"] * 25 + ["paypal"] * 2:
        confirm(make_recharge(vera, method=method))

    first, second = read(client, vera), read(client, vera, f"{PAGE}?page=2")

    assert (first.count("Recharge by PayPal"), first.count("Recharge by card")) == (2, 23)
    assert (second.count("Recharge by PayPal"), second.count("Recharge by card")) == (0, 2)
    month = f"?month={timezone.now():%Y-%m}&amp;"
    assert "Page 1 of 2" in first and f'href="{month}page=2"' in first
    assert "Page 2 of 2" in second and f'href="{month}page=1"' in second


@pytest.mark.once
@pytest.mark.parametrize("number", ["0", "-1", "99", "9223372036854775808", "9" * 5000, "٣", "two", "1.5", "\x00"])
def test_page_number_that_is_none_still_shows_a_page(client, number):
    vera = make_user(coins=100)
    client.force_login(vera)

    response = client.get(PAGE, {"page": number})

    assert response.status_code == 200
    assert "Recharge by card" in response.content.decode()


@pytest.mark.parametrize("taps", [1, 3])
def test_queries_do_not_grow_with_the_rows(client, taps, django_assert_num_queries):
    vera, session = make_user(coins=1_000), cleo_live()
    for _ in range(taps):
        tap(vera, session)
    client.force_login(vera)

    # Session, user, months; rates, taps, moves in, moves out; sessions, recharges, rates; paid; balance, notices.
    with django_assert_num_queries(12):
        client.get(PAGE)


def test_month_holds_what_moved_in_it_by_the_readers_clock(client):
    vera = make_user()
    with time_machine.travel(datetime(2026, 10, 31, 22, tzinfo=UTC), tick=False):
        give_coins(vera, 1_000)
        session = cleo_live()
    live = {"gift_slug": "panda", "session": session, "viewer": vera}
    tap(**live, quantity=2, now=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    tap(**live, quantity=3, now=datetime(2026, 11, 1, 0, 30, tzinfo=UTC))

    october, november = read(client, vera, f"{PAGE}?month=2026-10"), read(client, vera)

    assert "Panda ×2" in october and "Panda ×3" not in october and "Recharge by card" in october
    assert "Panda ×3" in november and "Panda ×2" not in november and "Recharge by card" not in november
    assert re.findall(r'<option value="([\d-]+)"', november) == ["2026-11", "2026-10"]
    client.cookies["tz"] = "Europe/Berlin"
    assert "Panda ×5" in read(client, vera)


@pytest.mark.parametrize("month", ["2026-13", "1999-01", "november", "\x00", "9" * 5000])
def test_month_without_a_move_is_refused_in_words_beside_the_newest(client, month):
    client.force_login(make_user(coins=100))

    response = client.get(PAGE, {"month": month})

    assert response.status_code == 422
    assert "No coins of yours moved in that month." in response.text
    assert "Recharge by card" in response.text


def test_months_without_a_move_in_between_are_listed_and_empty(client):
    with time_machine.travel(datetime(2026, 8, 5, tzinfo=UTC), tick=False):
        vera = make_user(coins=100)
    with time_machine.travel(datetime(2026, 10, 5, tzinfo=UTC), tick=False):
        give_coins(vera, 100)

    assert [month.code for month in months_of(vera)] == ["2026-10", "2026-09", "2026-08"]
    assert "No coins moved in this month." in read(client, vera, f"{PAGE}?month=2026-09")


def test_page_of_a_live_lists_each_gift_with_its_receipt(client):
    vera, session, tap_id = make_user(coins=100), cleo_live(), uuid4()
    tap(vera, session, quantity=2, tap_id=tap_id)
    tap(make_user("Imani", coins=100), session, gift_slug="spark")

    page = read(client, vera, f"{PAGE}{session.pk}/")

    assert f'href="/live/receipts/{tap_id}/"' in page
    assert "Panda ×2" in page and "Spark" not in page
    client.force_login(make_user("Mallory"))
    page = client.get(f"{PAGE}{session.pk}/")

    assert page.status_code == 404


def test_page_of_a_live_takes_as_many_queries_for_3_gifts_as_for_1(client, django_assert_num_queries):
    vera, session = make_user(coins=100), cleo_live()
    for _ in range(3):
        tap(vera, session)
    client.force_login(vera)

    # Session, user, count, taps, live; balance, notices.
    with django_assert_num_queries(6):
        client.get(f"{PAGE}{session.pk}/")


@pytest.mark.once
def test_htmx_gets_the_list_alone(client):
    page = read(client, make_user(coins=100), headers=HTMX)

    assert page.startswith('<div class="stack" id="history">')
    assert "Recharge by card" in page
