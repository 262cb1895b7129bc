"""Widgets and variants of the overlay: who reads them, what they hold, and what is refused."""

import pytest
from django.test import Client
from django.urls import reverse

from live.models import AlertVariant
from live.overlay.overlays import renew_token, settings_of
from live.overlay.variants import MOST_VARIANTS, save_variant
from live.sessions.sessions import start_session
from tests.factories import make_creator, make_user, tap

pytestmark = pytest.mark.django_db
NAMES = ["goal", "gifters", "latest"]
ALERT = {"from_coins": "1,000", "text": "{name} shines", "seconds": "8", "sound": "clap"}


def address(overlay, name):
    return reverse(f"overlay-{name}", args=[overlay.token])


@pytest.mark.parametrize("name", NAMES)
def test_widget_is_for_whoever_has_the_address_and_takes_no_cookie(client, overlay, name):
    response = client.get(address(overlay, name))

    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("name", NAMES)
def test_old_address_of_a_widget_is_gone(client, cleo, overlay, name):
    old = address(overlay, name)
    renew_token(cleo)

    page = client.get(old)

    assert page.status_code == 404


@pytest.mark.parametrize(
    ("name", "words"),
    [("goal", ["<strong>60</strong> of 100 points"]), ("gifters", ["Vera", "60"]), ("latest", ["Vera", "×12"])],
)
def test_widget_holds_the_running_live(client, cleo, overlay, vera, name, words):
    live = start_session(creator=cleo, title="Friday strings", goal_kind="points", goal=100)
    tap(vera, live, quantity=12)
    page = client.get(address(overlay, name)).text

    assert all(word in page for word in words), page


@pytest.mark.parametrize("name", NAMES)
def test_widget_with_the_mark_of_its_content_answers_nothing_new(client, cleo, overlay, vera, name):
    live = start_session(creator=cleo, title="Friday strings", goal_kind="points", goal=100)
    tap(vera, live)
    first = client.get(address(overlay, name), {"seen": "none"})

    again = client.get(address(overlay, name), {"seen": first["X-Mark"]})
    tap(vera, live, gift_slug="clover")
    later = client.get(address(overlay, name), {"seen": first["X-Mark"]})

    assert (again.status_code, later.status_code) == (204, 200)


@pytest.mark.parametrize(("name", "queries"), [("goal", 3), ("gifters", 3), ("latest", 4)])
@pytest.mark.parametrize("people", [1, 3])
def test_widget_takes_as_many_queries_for_three_as_for_one(
    client, cleo, overlay, django_assert_num_queries, name, queries, people
):
    live = start_session(creator=cleo, title="Friday strings", goal_kind="points", goal=100)
    for _ in range(people):
        tap(make_user("Fan", coins=100), live)
    client.get(address(overlay, "latest"))
    with django_assert_num_queries(queries):
        client.get(address(overlay, name))


def test_variant_is_saved_replaced_and_removed(studio, cleo, overlay):
    answer = studio.post(reverse("overlay-variant"), ALERT)
    studio.post(reverse("overlay-variant"), {**ALERT, "text": "{name} glows"})

    assert answer.status_code == 303
    variant = AlertVariant.objects.get()
    assert (variant.overlay, variant.from_coins, variant.text, variant.seconds) == (overlay, 1_000, "{name} glows", 8)

    page = studio.get(reverse("overlay-settings")).text

    assert "From 1,000 coins" in page

    studio.post(reverse("remove-overlay-variant"), {"from_coins": "1000"})
    studio.post(reverse("remove-overlay-variant"), {"from_coins": "1000"})

    assert AlertVariant.objects.count() == 0


@pytest.mark.once
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("text", "{nobody} shines", "{nobody} means nothing here"),
        ("seconds", "31", "30"),
        ("from_coins", "0", "1"),
        ("sound", "siren", "siren"),
    ],
)
def test_variant_that_makes_no_sense_is_refused_and_nothing_changed(studio, field, value, words):
    response = studio.post(reverse("overlay-variant"), {**ALERT, field: value})

    assert response.status_code == 422
    assert words in response.text
    assert AlertVariant.objects.count() == 0


def test_sixth_variant_is_refused(studio, cleo):
    for coins in range(1, MOST_VARIANTS + 1):
        save_variant(cleo, from_coins=coins, text="{name}", seconds=5, sound="none")
    response = studio.post(reverse("overlay-variant"), ALERT)

    assert response.status_code == 409
    assert "At most 5 variants. Remove one first." in response.text
    assert AlertVariant.objects.count() == MOST_VARIANTS


def test_variants_are_of_their_own_creator(cleo, overlay, studio):
    nova = make_creator("Nova")
    save_variant(nova, from_coins=500, text="{name}", seconds=5, sound="none")
    studio.post(reverse("remove-overlay-variant"), {"from_coins": "500"})

    assert AlertVariant.objects.count() == 1
    assert settings_of(overlay)["variants"] == []


def test_page_reads_variants_from_the_highest_value_down(cleo, overlay):
    for coins in (100, 5_000, 1_000):
        save_variant(cleo, from_coins=coins, text="{name}", seconds=5, sound="none")

    assert [one["from_coins"] for one in settings_of(overlay)["variants"]] == [5_000, 1_000, 100]


@pytest.mark.once
def test_viewer_who_is_no_creator_is_led_to_the_studio():
    client = Client()
    client.force_login(make_user("Mallory"))

    answer = client.post(reverse("overlay-variant"), ALERT)

    assert answer["Location"] == reverse("studio")
    assert AlertVariant.objects.count() == 0
