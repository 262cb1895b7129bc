"""Otto sets prices of gifts: with a reason, dated, announced and withdrawn, and asked about when they jump."""

import re

import pytest

from live.gifts.catalog import catalog
from live.models import GiftPrice
from tests.live.admin.saving import NEW_YEAR, save_panda
from tests.live.gifts.prices import panda
from tests.operator import errors_of, latest_history, save_shown

pytestmark = pytest.mark.django_db


def test_new_price_counts_at_once_with_who_and_why(client, otto):
    answer = save_panda(client, new_coins="6", reason="Dearer bamboo")

    assert answer.status_code == 302
    assert catalog().get(slug="panda").coins == 6
    price = GiftPrice.objects.latest("id")
    assert (price.set_by, price.reason_given) == (otto, "Dearer bamboo")
    who, said = latest_history()
    assert who == "Otto"
    assert said.startswith("Price: 5 coins → 6 coins from ")
    assert said.endswith("Reason: Dearer bamboo")


def words_after(answer, client):
    """Follow the redirect of a save; return the messages that the next page shows."""
    return [str(message) for message in client.get(answer["Location"]).context["messages"]]


@pytest.mark.once
def test_a_save_is_confirmed_once_in_exact_words_where_there_are_any(client, otto):
    priced = save_panda(client, new_coins="6", reason="Dearer bamboo")
    of_price = words_after(priced, client)
    rate = {"micros": "0.0049", "starts_at_0": NEW_YEAR, "starts_at_1": "00:00", "reason_given": "Fees rise."}
    announced = save_shown(client, "/admin/payouts/diamondrate/add/", rate)
    of_rate = words_after(announced, client)
    renamed = save_panda(client, name="Red panda", reason="It is red")
    of_name = words_after(renamed, client)

    assert [words.split(" from ")[0] for words in of_price] == ["Panda costs 6 coins"]
    assert [words.split(" from ")[0] for words in of_rate] == ["A diamond will be worth $0.0049 instead of $0.005"]
    assert [re.sub(r"<[^>]+>", "", words) for words in of_name] == ["The gift “Red panda” was changed successfully."]


@pytest.mark.once
def test_prices_are_dated_as_on_the_site_with_the_zone(client, otto):
    since = panda().prices.get().starts_at
    page = client.get(f"/admin/live/gift/{panda().pk}/change/").content.decode()
    assert f"<p>{since.day} {since:%b %Y, %H:%M} UTC</p>" in page


def test_price_for_later_is_announced_and_can_be_withdrawn_with_a_reason(client, otto):
    save_panda(client, new_coins="6", new_from_0=NEW_YEAR, new_from_1="00:00", reason="New year")
    assert catalog().get(slug="panda").coins == 5
    price = GiftPrice.objects.latest("id")
    url = f"/admin/live/giftprice/{price.pk}/delete/"
    answer = client.post(url, {"post": "yes"})

    assert answer.status_code == 302
    assert GiftPrice.objects.filter(pk=price.pk).exists()
    client.post(url, {"post": "yes", "reason": "Not after all"})
    assert not GiftPrice.objects.filter(pk=price.pk).exists()
    assert latest_history() == ("Otto", "Withdrawn before it counted. Reason: Not after all")


@pytest.mark.once
def test_date_without_a_time_is_midnight_in_utc(client, otto):
    client.cookies["tz"] = "America/New_York"

    save_panda(client, new_coins="6", new_from_0=NEW_YEAR, new_from_1="", reason="New year")

    assert GiftPrice.objects.latest("id").starts_at.isoformat() == f"{NEW_YEAR}T00:00:00+00:00"


def test_price_that_counts_can_not_be_withdrawn_or_edited(client, otto):
    price = GiftPrice.objects.get(gift=panda())
    statuses = [
        client.post(f"/admin/live/giftprice/{price.pk}/delete/", {"post": "yes", "reason": "x"}).status_code,
        client.post(f"/admin/live/giftprice/{price.pk}/change/", {"coins": 1}).status_code,
    ]

    assert statuses == [403, 403]
    assert GiftPrice.objects.get(pk=price.pk).coins == 5


@pytest.mark.once
@pytest.mark.parametrize(
    ("coins", "words"),
    [
        ("0", "Type a whole number from 1 to 1,000,000."),
        ("-5", "Type a whole number from 1 to 1,000,000."),
        ("5.5", "Type a whole number from 1 to 1,000,000."),
        ("٣", "Type a whole number from 1 to 1,000,000."),
        ("9" * 5_000, "Type a whole number from 1 to 1,000,000."),
        (str(2**63), "Type a whole number from 1 to 1,000,000."),
        ("10001", "A gift costs at most 10,000 coins. Change the live terms first."),
    ],
)
def test_impossible_price_is_refused_in_words(client, otto, coins, words):
    response = save_panda(client, new_coins=coins, reason="A slip")
    assert errors_of(response)["new_coins"] == [words]
    assert GiftPrice.objects.filter(gift=panda()).count() == 1


@pytest.mark.once
def test_change_by_more_than_half_asks_for_a_tick_with_the_numbers(client, otto):
    response = save_panda(client, new_coins="50", reason="Tenfold")
    assert "from 5 coins to 50 coins" in response.content.decode()
    assert catalog().get(slug="panda").coins == 5

    # A confirmation belongs to one number: another price asks again.
    answer = save_panda(client, new_coins="500", reason="Hundredfold", confirmed="5-50")

    assert "confirmed" in errors_of(answer)

    answer = save_panda(client, new_coins="50", reason="Tenfold", confirmed="5-50")

    assert answer.status_code == 302
    assert catalog().get(slug="panda").coins == 50


@pytest.mark.once
@pytest.mark.parametrize(("coins", "asks"), [("7", False), ("8", True), ("3", False), ("2", True)])
def test_half_more_or_less_is_where_asking_starts(client, otto, coins, asks):
    response = save_panda(client, new_coins=coins, reason="A step")
    assert (response.status_code == 200) is asks


@pytest.mark.once
@pytest.mark.parametrize(("date", "time"), [("2020-01-01", "00:00"), ("9999-12-31", "23:59"), ("soon", "now")])
def test_impossible_date_is_refused(client, otto, date, time):
    response = save_panda(client, new_coins="6", new_from_0=date, new_from_1=time, reason="A slip")
    assert "new_from" in errors_of(response)
    assert GiftPrice.objects.filter(gift=panda()).count() == 1


def test_second_price_for_the_same_moment_is_refused(client, otto):
    change = {"new_from_0": NEW_YEAR, "new_from_1": "00:00", "reason": "New year"}
    save_panda(client, new_coins="6", **change)
    answer = save_panda(client, new_coins="7", **change)

    assert "new_from" in errors_of(answer)
