"""Otto keeps the catalog: prices announced with a reason, pictures, retirement, order; and what a permission allows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from live.gifts.catalog import catalog, retire_gift, set_price
from live.models import Gift, GiftPrice
from tests.live.gifts.prices import panda
from tests.operator import errors_of, latest_history, make_limited_operator

# A date in the future, whenever the tests run.
# Two years ahead: the next year may begin while the tests run.
NEW_YEAR = f"{timezone.now().year + 2}-01-01"
pytestmark = pytest.mark.django_db


def gift_form(gift=None, **changes):
    gift = gift or panda()
    return {
        "name": gift.name,
        "art": gift.art,
        "order": gift.order,
        "new_coins": "",
        "new_from_0": "",
        "new_from_1": "",
        "retired_at_0": "",
        "retired_at_1": "",
        "reason": "",
        "prices-TOTAL_FORMS": 0,
        "prices-INITIAL_FORMS": 0,
        **changes,
    }


def save_panda(client, **changes):
    return client.post(f"/admin/live/gift/{panda().pk}/change/", gift_form(**changes))


# --- The catalog --------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize("name", ["Clover", "CLOVER", "Clоver"])
def test_name_that_looks_like_another_gifts_is_refused(client, otto, name):
    answer = save_panda(client, name=name, reason="Luck")

    assert "It looks like the name of another gift, Clover." in answer.text
    assert panda().name == "Panda"


@pytest.mark.once
@pytest.mark.parametrize("address", ["payouts/diamondrate", "wallet/coinrate", "payouts/payoutterms", "live/liveterms"])
def test_reason_that_nobody_can_see_is_refused(client, otto, address):
    answer = client.post(f"/admin/{address}/add/", {"reason_given": "\u200b\u2800"})

    assert "Write something that can be seen" in answer.text


@pytest.mark.once
def test_reason_of_a_change_in_the_catalog_can_be_seen(client, otto):
    answer = save_panda(client, name="Red panda", reason="\u200b")

    assert "Write something that can be seen" in answer.text
    assert panda().name == "Panda"


def test_list_shows_picture_price_now_and_next(client, otto):
    set_price(panda(), 6, by=otto, reason="Dearer bamboo", starts_at=timezone.now() + timedelta(days=9))
    page = client.get("/admin/live/gift/").content.decode()
    assert "gifts/panda.svg" in page
    assert "5 coins ($0.05)" in page
    assert "6 coins from" in page


@pytest.mark.once
@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_three_queries(client, otto, django_assert_num_queries, count):
    keep = list(Gift.objects.values_list("pk", flat=True)[:count])
    gifts = f"pk__in={','.join(map(str, keep))}"
    with django_assert_num_queries(3):
        assert client.get(f"/admin/live/gift/?{gifts}").status_code == 200


def test_new_price_counts_at_once_with_who_and_why(client, otto):
    assert save_panda(client, new_coins="6", reason="Dearer bamboo").status_code == 302
    assert catalog().get(slug="panda").coins == 6
    price = GiftPrice.objects.latest("id")
    assert (price.set_by, price.reason_given) == (otto, "Dearer bamboo")
    who, said = latest_history()
    assert who == "Otto"
    assert said.startswith("Price: 6 coins from ")
    assert said.endswith("Reason: Dearer bamboo")


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
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert GiftPrice.objects.filter(pk=price.pk).exists()
    client.post(url, {"post": "yes", "reason": "Not after all"})
    assert not GiftPrice.objects.filter(pk=price.pk).exists()
    assert latest_history() == ("Otto", "Withdrawn before it counted. Reason: Not after all")


def test_price_that_counts_can_not_be_withdrawn_or_edited(client, otto):
    price = GiftPrice.objects.get(gift=panda())
    assert client.post(f"/admin/live/giftprice/{price.pk}/delete/", {"post": "yes", "reason": "x"}).status_code == 403
    assert client.post(f"/admin/live/giftprice/{price.pk}/change/", {"coins": 1}).status_code == 403
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
    assert "from 5 to 50 coins" in response.content.decode()
    assert catalog().get(slug="panda").coins == 5
    # A confirmation belongs to one number: another price asks again.
    assert "confirmed" in errors_of(save_panda(client, new_coins="500", reason="Hundredfold", confirmed="5-50"))
    assert save_panda(client, new_coins="50", reason="Tenfold", confirmed="5-50").status_code == 302
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
    assert "new_from" in errors_of(save_panda(client, new_coins="7", **change))


@pytest.mark.once
@pytest.mark.parametrize("change", [{"name": "Red Panda"}, {"order": "7"}, {"art": "otter"}, {"new_coins": "6"}])
def test_every_change_needs_a_reason(client, otto, change):
    assert errors_of(save_panda(client, **change))["reason"] == ["Say why. Nothing was saved."]
    assert (panda().name, panda().order, panda().art) == ("Panda", 20, "panda")
    assert catalog().get(slug="panda").coins == 5


def test_rename_says_from_what_to_what_in_the_history(client, otto):
    save_panda(client, name="Red Panda", reason="It is red")
    assert latest_history() == ("Otto", "Name: Panda → Red Panda. Reason: It is red")


def test_retired_gift_leaves_the_tray_and_can_come_back(client, otto):
    today = timezone.now() - timedelta(minutes=1)
    save_panda(client, retired_at_0=f"{today:%Y-%m-%d}", retired_at_1=f"{today:%H:%M:%S}", reason="Out of season")
    assert not catalog().filter(slug="panda").exists()
    row = panda().offers.get()
    assert (row.is_offered, row.reason_given, row.set_by, row.author) == (
        False,
        "Out of season",
        otto,
        "an operator",
    )
    assert row.starts_at == panda().retired_at
    page = client.get(f"/admin/live/gift/{panda().pk}/change/").content.decode()
    assert "no longer offered. Out of season (an operator)" in page

    save_panda(client, reason="Back by request", by_name="on")
    assert catalog().filter(slug="panda").exists()
    assert [(row.is_offered, row.author) for row in panda().offers.all()] == [(True, "Otto"), (False, "an operator")]


def test_announced_retirement_can_move_and_be_called_off(client, otto):
    for year, expected in ((2, 1), (1, 1)):
        later = f"{timezone.now().year + year}-01-01"
        save_panda(client, retired_at_0=later, retired_at_1="00:00:00", reason="Out of season")
        assert panda().offers.count() == expected
        assert panda().offers.get().starts_at == panda().retired_at
    assert catalog().filter(slug="panda").exists()
    save_panda(client, reason="It stays")
    assert (panda().offers.count(), panda().retired_at) == (0, None)


def test_another_change_of_a_retired_gift_leaves_its_moment(client, otto):
    moment = timezone.now()
    retire_gift(panda(), moment, by=otto, reason="Out of season")
    kept = {"retired_at_0": f"{moment:%Y-%m-%d}", "retired_at_1": f"{moment:%H:%M:%S}"}
    save_panda(client, **kept, name="Red Panda", reason="It is red")
    assert (panda().name, panda().retired_at, panda().offers.count()) == ("Red Panda", moment, 1)


@pytest.mark.once
def test_picture_must_be_one_that_ships_with_the_site(client, otto):
    response = save_panda(client, art="../../etc/passwd", reason="A slip")
    assert "art" in errors_of(response)


def test_new_gift_starts_with_a_price(client, otto):
    form = gift_form(slug="otter", name="Otter", art="otter", order="45")
    assert "new_coins" in errors_of(client.post("/admin/live/gift/add/", form))
    client.post("/admin/live/gift/add/", {**form, "new_coins": "40", "reason": "A new friend"})
    assert catalog().get(slug="otter").coins == 40


def test_gift_is_never_deleted(client, otto):
    response = client.post(f"/admin/live/gift/{panda().pk}/delete/", {"post": "yes"}, follow=True)
    assert "Retire it instead" in response.content.decode()
    assert panda()


def reorder(client, order, reason):
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": panda().pk, "form-0-order": order}
    return client.post("/admin/live/gift/?q=panda", {**form, "reason": reason, "_save": "Save"})


def test_order_is_changed_in_the_list_with_a_reason(client, otto):
    assert "Say why the order changes" in reorder(client, "15", "").content.decode()
    assert panda().order == 20
    reorder(client, "15", "Before High Note")
    assert panda().order == 15
    assert latest_history() == ("Otto", "order: 20 → 15. Reason: Before High Note")


@pytest.mark.once
@pytest.mark.parametrize("order", ["-1", "٣", str(2**63), "x"])
def test_impossible_order_is_refused(client, otto, order):
    assert reorder(client, order, "A slip").status_code == 200
    assert panda().order == 20


# --- Permissions --------------------------------------------------------------------------------


@pytest.mark.once
def test_limited_operator_sees_only_what_the_permission_allows(client):
    client.force_login(make_limited_operator("live.view_gift"))
    assert client.get("/admin/live/gift/").status_code == 200
    page = client.get(f"/admin/live/gift/{panda().pk}/change/")
    assert page.status_code == 200
    assert 'name="new_coins"' not in page.content.decode()
    assert save_panda(client, new_coins="6", reason="Mine now").status_code == 403
    for address in ("gift/import/", "gift/add/", "livesession/", "creator/", "liveterms/"):
        assert client.get(f"/admin/live/{address}").status_code == 403
    assert GiftPrice.objects.count() == 16
