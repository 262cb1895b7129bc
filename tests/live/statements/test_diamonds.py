"""The history of diamonds: by live and gift, by withdrawal, with the balance after each row."""

import re
from uuid import uuid4

import pytest
import time_machine

from live.sessions.sessions import end_session
from live.statements.diamonds import page_of_diamonds
from payouts.diamonds import diamond_balance
from payouts.withdrawals.withdrawals import cancel_withdrawal
from tests.factories import make_creator, make_session, make_user, tap
from tests.payouts.earning import earn, make_earner, nobody_needs_followers, withdraw

pytestmark = pytest.mark.django_db

PAGE = "/payouts/diamonds/"


def read(client, user, url=PAGE, **query):
    client.force_login(user)
    response = client.get(url, query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def lines(page):
    return [
        (int(moved), int(left)) for moved, left in re.findall(r'data-diamonds="(-?\d+)" data-balance="(\d+)"', page)
    ]


def test_each_line_says_what_moved_and_what_was_left(client):
    cleo = make_earner(60_000)
    paid = withdraw(cleo, 100_00)
    cancelled = withdraw(cleo, 120_00)
    cancel_withdrawal(cancelled, by=cleo.email)
    earn(cleo.creator, 500)
    page = read(client, cleo)

    assert lines(page) == [(500, 40_500), (24_000, 40_000), (-24_000, 16_000), (-20_000, 40_000), (60_000, 60_000)]
    assert diamond_balance(cleo) == 40_500
    assert f'<a href="/payouts/{paid.id}/">$100.00 to PayPal</a>' in page
    assert page.count(f'<a href="/payouts/{cancelled.id}/">$120.00 to PayPal</a>') == 2
    assert "given back: the withdrawal was cancelled" in page and "reserved for this withdrawal" in page


def test_a_live_leads_to_its_summary_and_its_gifts(client):
    with time_machine.travel("2026-11-20 19:00Z", tick=False):
        cleo = make_earner(5_005)
    session = cleo.creator.sessions.get()
    page = read(client, cleo)

    assert f'<a href="/live/{session.pk}/summary/">“Friday strings”</a>' in page
    assert f'<a href="/payouts/diamonds/{session.pk}/">2 gifts from 1 person</a>' in page
    assert "+5,005 <small>$25.02</small>" in page

    page = client.get(f"/live/{session.pk}/summary/")

    assert page.status_code == 200


def test_every_gift_of_a_live_is_there_with_its_diamonds(client):
    nobody_needs_followers()
    cleo, vera = make_creator(followers=0), make_user("Vera", coins=10_000)
    with time_machine.travel("2026-11-20 19:00:05Z", tick=False):
        session = make_session(cleo)
        one, many = tap(vera, session), tap(vera, session, gift_slug="clover", quantity=12)
        end_session(session, by="creator")
    page = read(client, cleo.user, f"{PAGE}{session.pk}/")

    assert re.findall(r'data-tap="(\d+)"', page) == [str(many.id), str(one.id)]
    assert "305 diamonds from 13 gifts, settled on Friday 20 November 2026, 19:00 UTC" in page
    assert "300 diamonds <small>12 × 25 coins</small>" in page and "5 diamonds <small>5 coins</small>" in page
    assert "Vera · " in page and "19:00:05 UTC" in page


def test_a_live_with_many_gifts_goes_on_from_the_last_one(client, monkeypatch):
    monkeypatch.setattr("live.statements.diamonds.TAPS_PER_PAGE", 5)
    nobody_needs_followers()
    cleo, vera = make_creator(followers=0), make_user("Vera", coins=100)
    session = make_session(cleo)
    ids = [tap(vera, session, gift_slug="spark").id for _ in range(6)]
    end_session(session, by="creator")
    url = f"{PAGE}{session.pk}/"
    first = read(client, cleo.user, url)

    assert first.count("data-tap=") == 5 and f'href="?before={ids[1]}"' in first
    assert re.findall(r'data-tap="(\d+)"', read(client, cleo.user, url, before=ids[1])) == [str(ids[0])]
    assert "Nothing older" in read(client, cleo.user, url, before=ids[0])


@pytest.mark.once
@pytest.mark.parametrize("before", ["", "x", "-1", "0", "٣", str(2**63), "9" * 40, "\x00"])
def test_a_place_that_is_none_shows_the_newest(client, before):
    cleo = make_earner(100)
    url = f"{PAGE}{cleo.creator.sessions.get().pk}/"

    assert "data-tap=" in read(client, cleo, url, before=before)


def test_pages_go_on_with_the_balance(client, monkeypatch):
    monkeypatch.setattr("live.statements.diamonds.LINES_PER_PAGE", 2)
    cleo = make_earner(100)
    for diamonds in (200, 300, 400):
        earn(cleo.creator, diamonds)

    assert lines(read(client, cleo)) == [(400, 1_000), (300, 600)]
    assert lines(read(client, cleo, page=2)) == [(200, 300), (100, 100)]
    for page in ("9", "-1", "x", "٣", str(2**63)):
        assert len(lines(read(client, cleo, page=page))) == 2


@pytest.mark.once
def test_without_diamonds_it_says_how_they_come(client):
    stranger = make_user()

    assert "No diamonds yet" in read(client, stranger)

    stranger = make_user()

    assert page_of_diamonds(stranger, None).object_list == []


def test_mallory_sees_nothing_of_cleos(client):
    cleo = make_earner(500)
    ended, live = cleo.creator.sessions.get(), make_session(cleo.creator)
    mallory = make_earner(100, "Mallory")

    assert lines(read(client, mallory)) == [(100, 100)]
    for session_id in (ended.pk, live.pk, uuid4()):
        page = client.get(f"{PAGE}{session_id}/")

        assert page.status_code == 404
    client.force_login(cleo)
    page = client.get(f"{PAGE}{live.pk}/")

    assert page.status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_eight_queries_however_many_lines_and_five_for_the_gifts(client, django_assert_num_queries, rows):
    cleo = make_earner(20_000)
    for _ in range(rows):
        earn(cleo.creator, 20_000)
        withdraw(cleo)
    client.force_login(cleo)

    with django_assert_num_queries(8):
        page = client.get(PAGE)

    assert len(lines(page.content.decode())) == 1 + 2 * rows

    session = make_session(cleo.creator)
    vera = make_user("Vera", coins=100)
    for _ in range(rows):
        tap(vera, session)
    end_session(session, by="creator")
    with django_assert_num_queries(5):
        page = client.get(f"{PAGE}{session.pk}/")

    assert page.content.decode().count("data-tap=") == rows
