"""The front page of the operator's side: its numbers, the rows behind them, and who sees what."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from live.desk.announced import announced
from live.desk.pictures import draw_sparkline, draw_stacks
from live.gifts.catalog import set_price
from live.models import Gift, GiftOffer, LiveTerms
from payouts.models import DiamondRate
from tests.factories import confirm, make_creator, make_recharge, make_session, make_user, package_of, tap
from tests.operator import make_limited_operator, make_operator
from tests.payouts.earning import make_earner, withdraw

pytestmark = pytest.mark.django_db

FRONT = "/admin/"


def tiles_of(response):
    return {tile.label: (tile.number, tile.note) for tile in response.context["tiles"]}


def make_morning():
    """Vera buys 500 coins and gives ten of them in a running live; Cleo has earned 60,000 diamonds and takes $200."""
    cleo = make_earner(60_000)
    withdraw(cleo, 200_00)
    vera = make_user("Vera")
    confirm(make_recharge(vera, package=package_of(500)))
    tap(vera, make_session(make_creator("Nova", followers=0)), quantity=2)
    return cleo


@pytest.mark.once
def test_tiles_are_the_sums_of_the_rows(client, otto):
    make_morning()

    tiles = tiles_of(client.get(FRONT))

    assert tiles["Coins sold today"] == ("60,500", "$605.00 · 2 recharges")
    assert tiles["Coins sold in 7 days"] == ("60,500", "$605.00 · 2 recharges")
    assert tiles["Given in 7 days"][0] == "$600.00"
    assert tiles["Platform keeps, 28 days"][0] == "$300.00"
    assert tiles["Coins outstanding"] == ("490", "$4.90 at face value")
    assert tiles["Owed to creators"] == ("$100.00", "20,000 diamonds at $0.005")
    assert tiles["On the way"] == ("$200.00", "1 withdrawal")
    assert tiles["Paid out"] == ("$0.00", "$0.00 in 28 days")


@pytest.mark.once
def test_lives_now_have_points_a_minute(client, otto):
    session = make_session(make_creator("Nova", followers=1000))
    type(session).objects.filter(pk=session.pk).update(started_at=timezone.now() - timedelta(minutes=5, seconds=5))
    tap(make_user("Vera", coins=100), session, quantity=5)

    (live,) = client.get(FRONT).context["lives"].rows

    assert (live.points_so_far, live.points_a_minute, live.viewers) == (25, 5, None)


@pytest.mark.once
def test_page_takes_fourteen_queries(client, otto, django_assert_num_queries):
    make_morning()

    with django_assert_num_queries(14):
        client.get(FRONT)


@pytest.mark.once
def test_every_number_leads_to_a_list_that_opens(client, otto):
    make_morning()
    page = client.get(FRONT).content.decode()

    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/admin/[^"]+)"', page)}

    assert len(links) > 40

    pages = {link: client.get(link, follow=True) for link in links}

    # The page of the brand is its one row; `e=1` is where the admin leads from a filter that it can't read.
    assert [link for link, page in pages.items() if page.status_code != 200] == []
    assert [link for link, page in pages.items() if any("e=1" in url for url, _ in page.redirect_chain)] == []


@pytest.mark.once
def test_an_operator_sees_the_parts_whose_rows_they_may_view(client):
    make_morning()
    parts = {
        "wallet.view_transfer": {"tiles", "business", "people"},
        "wallet.view_bookscheck": {"books"},
        "payouts.change_withdrawal": {"waiting"},
        "live.view_livesession": {"lives"},
    }
    for permission, expected in parts.items():
        client.force_login(make_limited_operator(permission))

        context = client.get(FRONT).context

        assert {name for name in ("tiles", "business", "books", "people", "waiting", "lives") if name in context} == (
            expected
        ), permission
        assert context["providers"] == []


@pytest.mark.once
def test_an_operator_reads_of_the_providers_whose_rows_they_may_view(client):
    found = {}

    for permission in ("payouts.view_withdrawal", "wallet.view_paymentevent", "payouts.view_providerhour"):
        client.force_login(make_limited_operator(permission))
        found[permission] = [provider.does for provider in client.get(FRONT).context["providers"]]

    assert found == {
        "payouts.view_withdrawal": [],
        "wallet.view_paymentevent": ["payments"],
        "payouts.view_providerhour": ["payouts"],
    }


@pytest.mark.once
def test_a_number_whose_rows_an_operator_may_not_view_leads_nowhere(client):
    client.force_login(make_limited_operator("wallet.view_transfer"))

    context = client.get(FRONT).context

    leading = {tile.label for tile in context["tiles"] + context["people"] if tile.url}
    assert leading == {"Coins sold today", "Coins sold in 7 days"}


@pytest.mark.once
@pytest.mark.parametrize("name", ["²", "007"])
def test_an_announced_price_names_a_gift_whose_name_is_a_number(name):
    panda, soon = Gift.objects.get(slug="panda"), timezone.now() + timedelta(days=3)
    Gift.objects.filter(pk=panda.pk).update(name=name)
    set_price(panda, 1, by=make_operator(), reason="Cheaper.", starts_at=soon)

    (found,) = announced()

    assert found.words == f"{name} costs 1 coin"


@pytest.mark.once
def test_tables_are_grouped_for_an_operator(client, otto):
    groups = client.get(FRONT).context["available_apps"]

    assert [group["name"] for group in groups] == ["Money", "People", "Live", "Rules"]
    assert [model["object_name"] for model in groups[0]["models"][:2]] == ["Recharge", "Withdrawal"]

    page = client.get("/admin/wallet/")

    assert page.status_code == 200


def test_announced_rows_stand_in_words_the_next_one_first(django_assert_num_queries):
    otto, now = make_operator(), timezone.now()
    panda = Gift.objects.get(slug="panda")
    set_price(panda, 6, by=otto, reason="Dearer.", starts_at=now + timedelta(days=3))
    DiamondRate.objects.create(micros=4_800, starts_at=now + timedelta(days=1), reason_given="Lower.")
    LiveTerms.objects.create(
        followers_needed=500, largest_gift_coins=10_000, abandoned_after_minutes=15,
        starts_at=now + timedelta(days=2), reason_given="Sooner.",
    )  # fmt: skip
    GiftOffer.objects.create(gift=panda, is_offered=False, starts_at=now + timedelta(days=4), reason_given="Tired.")

    with django_assert_num_queries(1):
        found = announced()

    assert [(one.kind, one.words) for one in found] == [
        ("payouts.diamondrate", "A diamond is worth $0.0048"),
        ("live.liveterms", "Gifts need 500 followers"),
        ("live.giftprice", "Panda costs 6 coins"),
        ("live.gift", "Panda: no longer offered"),
    ]


@pytest.mark.once
def test_twelve_announced_rows_stand_there_and_a_link_leads_to_all(client, otto):
    for days in range(1, 14):
        DiamondRate.objects.create(micros=4_800, starts_at=timezone.now() + timedelta(days=days), reason_given="Lower.")

    page = client.get(FRONT)

    assert len(page.context["announced"]) == 12
    assert 'href="/economy/changes/">All changes, to come and past</a>' in page.content.decode()


def test_every_operator_reads_what_is_announced_and_links_lead_where_they_may_go(client):
    moment = timezone.now() + timedelta(days=1)
    rate = DiamondRate.objects.create(micros=4_800, starts_at=moment, reason_given="Lower.")
    found = {}

    for permission in ("people.view_user", "payouts.view_diamondrate"):
        client.force_login(make_limited_operator(permission))
        page = client.get(FRONT)
        assert "is about to change" not in page.content.decode()
        found[permission] = [(one["words"], one["url"]) for one in page.context["announced"]]

    words = "A diamond is worth $0.0048"
    assert found == {
        "people.view_user": [(words, "/economy/changes/")],
        "payouts.view_diamondrate": [(words, f"/admin/payouts/diamondrate/{rate.pk}/change/")],
    }


@pytest.mark.once
@pytest.mark.parametrize("permission", ["people.view_user", "live.view_livesession", "wallet.view_transfer"])
def test_neither_column_is_empty(client, permission):
    client.force_login(make_limited_operator(permission))

    columns = client.get(FRONT).content.decode().split('<div class="columns">')[1].split("All records")[0]
    parts = [re.findall(r'id="(lives|announced|health)"|<figure', stack) for stack in columns.split('"stack">')[1:3]]

    assert all(parts), parts
    assert sum(part.count("announced") for part in parts) == 1


@pytest.mark.once
def test_waiting_withdrawals_stand_with_amount_and_age(client, otto):
    with time_machine.travel(timezone.now() - timedelta(days=3, hours=1)):
        withdrawal = withdraw(make_earner(20_000))
    type(withdrawal).objects.filter(pk=withdrawal.pk).update(attention="unanswered")

    words = client.get(FRONT).content.decode()

    assert "Waiting for you: 1" in words
    assert "$100.00 to Cleo" in words
    assert re.search(r"3 days, 1 hour\s*<small>old", words)


@pytest.mark.once
def test_a_sparkline_runs_from_the_lowest_to_the_highest():
    assert draw_sparkline([0, 5, 10]) == "M0 24L50 12L100 0"
    assert draw_sparkline([0, 0]) == "M0 24L100 24"


@pytest.mark.once
def test_a_days_parts_stand_on_each_other():
    picture = draw_stacks([(100, 200, -50), (0, 0, 0)])

    assert picture.step_cents == 100
    assert picture.lines == [67, 34, 0]
    assert [(piece.part, piece.y, piece.height) for piece in picture.days[0].pieces] == [(0, 67, 33), (1, 0, 67)]
    assert picture.days[1].pieces == []
