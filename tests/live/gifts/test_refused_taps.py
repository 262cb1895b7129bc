"""POST /live/<uuid>/tap/ refused: its words, and the rows that it leaves unchanged."""

from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live.gifts.catalog import set_price
from live.models import Gift, GiftTap
from live.sessions.sessions import end_session
from tests.factories import add_followers, make_creator, make_session, make_user
from tests.htmx import HTMX
from tests.live.gifts.tapping import press, state
from wallet.coins import coin_balance

pytestmark = pytest.mark.django_db


def test_not_enough_coins_says_what_is_missing_and_leads_to_recharge(web, vera, live):
    before = state()
    response = press(web, live, gift="drama-queen", price=5000)
    assert response.status_code == 409
    assert "Drama Queen costs 5,000 coins. You have 100, so 4,900 more are needed. That is $49.00." in response.text
    assert "Get 5,000 coins for $50.00" in response.text
    back = f"%2Flive%2F{live.pk}%2F%3Fgift%3Ddrama-queen%23tray"
    assert f'href="/wallet/recharge/?for=5000&amp;what=drama-queen&amp;next={back}"' in response.text
    assert f'href="/wallet/recharge/?package=exact&amp;for=5000&amp;what=drama-queen&amp;next={back}"' in response.text
    assert "Exactly 4,900 for $49.00" in response.text
    assert (state(), coin_balance(vera)) == (before, 100)


def test_too_few_or_too_many_missing_coins_have_no_exact_amount(web, live):
    for coins, gift, price in ((4_950, "drama-queen", 5_000), (4_500, "drama-queen", 5_000)):
        web.force_login(make_user("Vito", coins=coins))
        response = press(web, live, gift=gift, price=price)
        assert response.status_code == 409
        assert "Exactly" not in response.text


def test_changed_price_is_refused_with_the_fresh_tray(web, vera, live):
    set_price(Gift.objects.get(slug="panda"), 6, by=None, reason="Dearer bamboo")
    before = state()
    response = press(web, live)
    assert response.status_code == 409
    assert "Panda costs 6 coins now, not 5. Nothing was debited." in response.text
    assert 'data-gift="panda" data-coins="6"' in response.text
    assert 'id="gifts"' in response.text
    assert (state(), coin_balance(vera)) == (before, 100)


def test_retired_gift_is_refused_with_the_fresh_tray(web, vera, live):
    Gift.objects.filter(slug="panda").update(retired_at="2026-01-01T00:00Z")
    response = press(web, live)
    assert response.status_code == 409
    assert "This gift isn’t offered" in response.text or "This gift isn&#x27;t offered any more" in response.text
    assert 'data-gift="panda"' not in response.text
    assert 'data-gift="spark"' in response.text
    assert coin_balance(vera) == 100


def test_ended_live_is_refused(web, vera, live):
    end_session(live, by="cleo")
    for htmx in (True, False):
        response = press(web, live, htmx=htmx)
        assert response.status_code == 409
        assert "The live has ended. Nothing was debited." in response.text
    assert coin_balance(vera) == 100


def test_own_live_is_refused():
    cleo = make_user("Cleo", coins=100)
    live = make_session(make_creator(user=cleo))
    client = Client()
    client.force_login(cleo)
    response = press(client, live)
    assert response.status_code == 409
    assert "Nobody can send gifts to themselves." in response.text
    assert coin_balance(cleo) == 100


def test_live_without_gifts_is_refused_even_when_followers_arrive_meanwhile(web, vera):
    nova = make_creator("Nova", followers=999)
    live = make_session(nova)
    add_followers(nova, 1)
    response = press(web, live)
    assert response.status_code == 409
    assert "Nova can" in response.text
    assert coin_balance(vera) == 100


def test_too_many_taps_are_answered_with_429_and_when_to_try_again(web, vera, live, settings):
    settings.TAPS_PER_SECOND = 2
    with time_machine.travel(timezone.now(), tick=False):
        statuses = [press(web, live).status_code for _ in range(2)]

        assert statuses == [200, 200]

        refused = [press(web, live, htmx=htmx) for htmx in (True, False)]
    assert [(response.status_code, response["Retry-After"]) for response in refused] == [(429, "1"), (429, "1")]
    assert coin_balance(vera) == 90


def test_unknown_live_is_404(web, vera):
    answer = web.post(f"/live/{uuid4()}/tap/", {"gift": "panda"})

    assert answer.status_code in {404, 422}

    fields = {"gift": "panda", "quantity": 1, "price": 5, "tap_id": uuid4()}
    for headers in (HTMX, {}):
        answer = web.post(f"/live/{uuid4()}/tap/", fields, headers=headers)

        assert answer.status_code == 404
    assert coin_balance(vera) == 100


@pytest.mark.once
def test_nobody_is_sent_to_log_in_and_comes_back_to_the_room(client, live):
    path = reverse("tap", args=[live.pk])
    tap_id = str(uuid4())
    plain, htmx = press(client, live, htmx=False, tap_id=tap_id), press(client, live, tap_id=tap_id)
    log_in = f"/accounts/login/?next=/live/{live.pk}/%3Fgift%3Dpanda%26unsent%3D{tap_id}%23tray"
    assert (plain.status_code, plain["Location"]) == (302, log_in)
    assert htmx["HX-Redirect"] == log_in

    page = client.get(log_in)

    assert "You were logged out. After the log-in you read whether your gift was sent." in page.text

    unreadable = client.post(path, {"gift": "//evil.example"})
    assert unreadable["Location"] == f"/accounts/login/?next=/live/{live.pk}/"
    vera = make_user("Vera")
    client.force_login(vera)
    page = client.get(path)

    assert page["Location"] == reverse("room", args=[live.pk])
    assert GiftTap.objects.count() == 0


def test_deactivated_viewer_cannot_tap(web, vera, live):
    vera.is_active = False
    vera.save()
    answer = press(web, live, htmx=False)

    assert answer.status_code == 302
    assert coin_balance(vera) == 100


@pytest.mark.once
def test_tap_without_csrf_token_is_403(vera, live):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(vera)
    refused = press(strict, live)
    assert refused.status_code == 403
    # The page links back to the room, also without JavaScript.
    address = f"/live/{live.pk}/tap/"
    assert f'<a class="button" href="{address}">Load the page again</a>' in refused.text

    page = strict.get(address)

    assert page["Location"] == f"/live/{live.pk}/"
    assert coin_balance(vera) == 100


STRANGE = [
    {"quantity": "0"},
    {"quantity": "100"},
    {"quantity": "-1"},
    {"quantity": "1.0"},
    {"quantity": "٣"},
    {"quantity": "²"},
    {"quantity": "1" * 5000},
    {"quantity": ""},
    {"price": "0"},
    {"price": str(2**63)},
    {"price": "1e3"},
    {"price": "+5"},
    {"gift": "pan da"},
    {"gift": "p" * 41},
    {"gift": "панда"},
    {"gift": "panda\x00"},
    {"tap_id": "7"},
    {"tap_id": ""},
]


@pytest.mark.once
@pytest.mark.parametrize("fields", STRANGE, ids=lambda fields: ascii(str(fields))[:40])
def test_malformed_tap_is_422_and_changes_nothing(web, vera, live, fields):
    before = state()
    for htmx in (True, False):
        response = press(web, live, htmx=htmx, **fields)
        assert response.status_code == 422
        assert "Nothing was debited" in response.text
    assert (state(), coin_balance(vera)) == (before, 100)


ANYTHING = st.one_of(
    st.text(max_size=60),
    st.integers(-(2**70), 2**70).map(str),
    st.sampled_from(["", "0", "1", "5", "99", str(2**63 - 1), str(2**63), "٣", "-0", "1_0", "\x00", "\ud800", "NaN"]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.fixed_dictionaries({}, optional=dict.fromkeys(("gift", "quantity", "price", "tap_id"), ANYTHING)))
def test_no_field_whatever_it_holds_is_an_error_of_ours(web, vera, live, fields):
    before, coins = state(), coin_balance(vera)
    fields = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    response = press(web, live, **fields)
    assert response.status_code < 500
    if response.status_code >= 400:
        assert (state(), coin_balance(vera)) == (before, coins)
