"""Otto sees what a price of a gift, of a package, or other terms of lives would do before he announces them."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from live.models import GiftPrice, LiveTerms
from tests.factories import confirm, give_coins, make_creator, make_recharge, make_session, make_user, package_of, tap
from tests.live.admin.saving import gift_form
from tests.live.admin.test_lives import terms_form
from tests.live.gifts.prices import panda
from tests.operator import make_operator, save_shown
from wallet.models import PackagePrice

pytestmark = pytest.mark.django_db
LIVE_TERMS = "/admin/live/liveterms/add/"
PACKAGE = dict.fromkeys(("new_cents", "new_from_0", "new_from_1", "retired_at_0", "retired_at_1", "reason"), "")
PACKAGE |= {"prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0, "reason": "Card fees rose"}
FRIDAY = {"new_from_0": "2026-12-04", "new_from_1": ""}


@pytest.fixture
def otto(client):
    with time_machine.travel(datetime(2026, 11, 30, 12, tzinfo=UTC), tick=False):
        otto = make_operator()
        client.force_login(otto)
        yield otto


def preview_of_panda(client, **changes):
    address = f"/admin/live/gift/{panda().pk}/change/"
    form = gift_form(**{"reason": "Dearer bamboo", **changes})
    return client.post(address, form).context["adminform"].form.preview


def preview_of_package(client, **changes):
    address = f"/admin/wallet/coinpackage/{package_of(100).pk}/change/"
    return client.post(address, {**PACKAGE, **changes}).context["adminform"].form.preview


def preview_of_terms(client, **changes):
    return client.post(LIVE_TERMS, terms_form(**changes)).context["adminform"].form.preview


# --- A gift ---------------------------------------------------------------------------------------


def test_price_of_a_gift_shows_tap_share_and_how_often_it_was_tapped(client, otto):
    live = make_session()
    for quantity in (1, 12):
        tap(make_user("Vera", coins=100), live, quantity=quantity)

    shown = preview_of_panda(client, new_coins="6", **FRIDAY)

    assert shown.effects == [
        "A tap costs 6 coins ($0.06) instead of 5 coins ($0.05).",
        "Its creator gets $0.03 instead of $0.025, the platform keeps $0.03 instead of $0.025.",
        "It was tapped 2 times in the last 28 days: 13 given, 65 coins.",
    ]
    assert shown.button == "Announce 6 coins for Panda from Friday 4 December, 00:00 UTC"
    assert shown.note.startswith("Nothing changes until then.") and "Creators have a notice" in shown.note
    assert GiftPrice.objects.filter(gift=panda()).count() == 1


def test_taps_of_more_than_28_days_ago_do_not_count(client, otto):
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC), tick=False):
        tap(make_user("Vera", coins=100), make_session())

    shown = preview_of_panda(client, new_coins="6")

    assert shown.effects[-1] == "Nobody tapped it in the last 28 days."


def test_retiring_and_renaming_are_shown_too(client, otto):
    shown = preview_of_panda(client, name="Red panda", new_coins="6", retired_at_0="2026-12-11", **FRIDAY)

    assert shown.effects[2:4] == [
        "It is out of the tray from Friday 11 December, 00:00 UTC.",
        "Name: Panda → Red panda, at once.",
    ]
    assert shown.button == (
        "Announce 6 coins for Red panda from Friday 4 December, 00:00 UTC, and retire Red panda from "
        "Friday 11 December, 00:00 UTC"
    )
    assert panda().name == "Panda"


@pytest.mark.once
def test_new_name_alone_is_saved_by_a_button_without_a_date(client, otto):
    shown = preview_of_panda(client, name="Red panda")

    assert (shown.effects, shown.button, shown.note) == (
        ["Name: Panda → Red panda, at once."],
        "Save these changes",
        "",
    )


@pytest.mark.once
def test_new_gift_shows_its_tap_and_no_past(client, otto):
    form = gift_form(slug="otter", name="Otter", art="otter", order="45", new_coins="40", reason="A new friend")

    shown = client.post("/admin/live/gift/add/", form).context["adminform"].form.preview

    assert shown.effects == ["A tap costs 40 coins ($0.40).", "Its creator gets $0.20, the platform keeps $0.20."]
    assert shown.button == "Set 40 coins for Otter from now on"


def test_price_that_another_operator_set_meanwhile_is_shown_first(client, otto):
    address = f"/admin/live/gift/{panda().pk}/change/"
    form = gift_form(new_coins="6", reason="Dearer bamboo")
    stamp = preview_of_panda(client, new_coins="6").stamp
    GiftPrice.objects.create(gift=panda(), coins=7, starts_at=timezone.now(), reason_given="Meanwhile")

    again = client.post(address, {**form, "new_from_0": "2026-12-04", "shown": stamp})

    assert "instead of 7 coins" in again.context["adminform"].form.preview.effects[0]
    assert GiftPrice.objects.filter(gift=panda()).count() == 2


@pytest.mark.parametrize("taps", [1, 3])
def test_preview_of_a_price_takes_fifteen_queries(client, otto, django_assert_num_queries, taps):
    live = make_session()
    for _ in range(taps):
        tap(make_user("Vera", coins=100), live)
    preview_of_panda(client, new_coins="6", **FRIDAY)

    with django_assert_num_queries(15):
        preview_of_panda(client, new_coins="6", **FRIDAY)


@pytest.mark.once
def test_preview_of_a_price_says_which_announced_price_follows(client, otto):
    later = datetime(2031, 5, 1, tzinfo=UTC)
    GiftPrice.objects.create(gift=panda(), coins=7, starts_at=later, reason_given="Announced")

    shown = preview_of_panda(client, new_coins="6", **FRIDAY)

    assert shown.note.endswith(
        "It counts until another that is announced, 7 coins from Thursday 1 May 2031, 00:00 UTC."
    )


# --- A package ------------------------------------------------------------------------------------


def test_price_of_a_package_shows_what_a_coin_costs_against_face_value(client, otto):
    vera = make_user("Vera")
    confirm(make_recharge(vera))

    shown = preview_of_package(client, new_cents="$1.25", **FRIDAY)

    assert shown.effects == [
        "100 coins cost $1.25 instead of $1.00.",
        "A coin of it costs $0.0125 instead of $0.01. That is 25 % above face value, $0.01.",
        "It was bought 1 time in the last 28 days, for $1.00.",
    ]
    assert shown.button == "Announce $1.25 for 100 coins from Friday 4 December, 00:00 UTC"
    assert "Creators" not in shown.note
    assert PackagePrice.objects.filter(package__coins=100).count() == 1


@pytest.mark.once
@pytest.mark.parametrize(
    ("coins", "dollars", "words"),
    [
        ("300", "3.00", "A coin of it costs $0.01. That is face value, $0.01."),
        ("300", "2.99", "A coin of it costs about $0.009966. That is 0.3 % below face value, $0.01."),
        ("3", "0.10", "A coin of it costs about $0.033333. That is 233.3 % above face value, $0.01."),
    ],
)
def test_coin_that_costs_a_fraction_of_a_micro_costs_about_that(client, otto, coins, dollars, words):
    form = {**PACKAGE, "slug": "new", "coins": coins, "new_cents": dollars}

    shown = client.post("/admin/wallet/coinpackage/add/", form).context["adminform"].form.preview

    assert shown.effects[1] == words


@pytest.mark.once
def test_package_that_goes_and_comes_back_is_shown(client, otto):
    give_coins(make_user("Vera"), 100)
    gone = preview_of_package(client, retired_at_0="2026-12-04")
    assert gone.effects[0] == "It is not sold any more from Friday 4 December, 00:00 UTC."
    assert gone.button == "Retire 100 coins from Friday 4 December, 00:00 UTC"

    address = f"/admin/wallet/coinpackage/{package_of(100).pk}/change/"
    save_shown(client, address, {**PACKAGE, "retired_at_0": "2026-12-04"})
    back = preview_of_package(client)

    assert back.effects[0] == "It is offered, without an end."
    assert back.button == "Offer 100 coins without an end"


# --- Terms of lives -------------------------------------------------------------------------------


def test_gate_shows_creators_and_lives_that_it_would_shut_out(client, otto):
    make_session(make_creator("Cleo", followers=1_000))
    make_creator("Nova", followers=999)

    stricter = preview_of_terms(client, followers_needed="1001", abandoned_after_minutes="16")
    looser = preview_of_terms(client, followers_needed="999", largest_gift_coins="11000")

    assert stricter.effects == [
        "Gifts will need 1,001 followers instead of 1,000. Creators who can get gifts now, and could not then: 1. "
        "Lives of the last 7 days that would have been without gifts: 1. A live that runs then keeps what it began "
        "with.",
        "A live will end 16 minutes after its creator left instead of 15. Lives that ended without their creator in "
        "the last 28 days: 0.",
    ]
    assert looser.effects == [
        "Gifts will need 999 followers instead of 1,000. Creators who could get gifts then, and can not now: 1. "
        "Lives of the last 7 days that would have had gifts: 0. A live that runs then keeps what it began with.",
        "A gift will cost at most 11,000 coins instead of 10,000. The dearest gift is Supernova, 10,000 coins.",
    ]
    assert looser.button == "Set these terms of lives from now on"
    assert LiveTerms.objects.count() == 1
