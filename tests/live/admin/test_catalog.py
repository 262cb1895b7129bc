"""Otto keeps the catalog: pictures, retirement, order, the reason of each; and what a permission allows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from live.gifts.catalog import catalog, retire_gift, set_price
from live.models import Gift, GiftPrice
from tests.live.admin.saving import gift_form, save_panda
from tests.live.gifts.prices import panda
from tests.operator import errors_of, latest_history, make_limited_operator, save_shown

pytestmark = pytest.mark.django_db


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
        page = client.get(f"/admin/live/gift/?{gifts}")

    assert page.status_code == 200


@pytest.mark.once
@pytest.mark.parametrize("change", [{"name": "Red Panda"}, {"order": "7"}, {"art": "otter"}, {"new_coins": "6"}])
def test_every_change_needs_a_reason(client, otto, change):
    answer = save_panda(client, **change)

    assert errors_of(answer)["reason"] == ["Say why. Nothing was saved."]
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
    answer = client.post("/admin/live/gift/add/", form)

    assert "new_coins" in errors_of(answer)

    save_shown(client, "/admin/live/gift/add/", {**form, "new_coins": "40", "reason": "A new friend"})
    assert catalog().get(slug="otter").coins == 40


def test_gift_is_never_deleted(client, otto):
    response = client.post(f"/admin/live/gift/{panda().pk}/delete/", {"post": "yes"}, follow=True)
    assert "Retire it instead" in response.content.decode()
    assert panda()


def reorder(client, order, reason):
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": panda().pk, "form-0-order": order}
    return client.post("/admin/live/gift/?q=panda", {**form, "reason": reason, "_save": "Save"})


def test_order_is_changed_in_the_list_with_a_reason(client, otto):
    answer = reorder(client, "15", "")

    assert "Say why the order changes" in answer.content.decode()
    assert panda().order == 20
    reorder(client, "15", "Before High Note")
    assert panda().order == 15
    assert latest_history() == ("Otto", "order: 20 → 15. Reason: Before High Note")


@pytest.mark.once
@pytest.mark.parametrize("order", ["-1", "٣", str(2**63), "x"])
def test_impossible_order_is_refused(client, otto, order):
    answer = reorder(client, order, "A slip")

    assert answer.status_code == 200
    assert panda().order == 20


# --- Permissions --------------------------------------------------------------------------------


@pytest.mark.once
def test_limited_operator_sees_only_what_the_permission_allows(client):
    client.force_login(make_limited_operator("live.view_gift"))
    page = client.get("/admin/live/gift/")

    assert page.status_code == 200

    page = client.get(f"/admin/live/gift/{panda().pk}/change/")
    assert page.status_code == 200
    assert 'name="new_coins"' not in page.content.decode()

    answer = save_panda(client, new_coins="6", reason="Mine now")

    assert answer.status_code == 403

    for address in ("gift/import/", "gift/add/", "livesession/", "creator/", "liveterms/"):
        shown = client.get(f"/admin/live/{address}")

        assert shown.status_code == 403
    assert GiftPrice.objects.count() == 16
