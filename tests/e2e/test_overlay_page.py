"""The page that sets the overlay up: its address, what alerts say, and whether OBS is connected."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from live.models import Overlay
from live.overlay.overlays import make_overlay
from tests.e2e.overlays import line
from tests.e2e.rooms import PHONE
from tests.e2e.visitors import sign_in


def test_address_is_hidden_until_asked_for_and_replaced_after_a_question(desktop, cleo, look):
    overlay = make_overlay(cleo)
    # The longest sentence about OBS: its last connection with the time.
    Overlay.objects.update(heard_at=timezone.now() - timedelta(days=1))
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/overlay/")
    look(desktop)
    assert overlay.token not in desktop.content()
    desktop.get_by_role("button", name="Show the address").click()
    expect(desktop.get_by_label("Address for OBS")).to_have_value(
        f"{desktop.url.split('/live/')[0]}/live/overlay/{overlay.token}/"
    )
    look(desktop)

    desktop.get_by_role("button", name="New address", exact=True).click()
    desktop.get_by_role("button", name="Keep this one").click()
    assert Overlay.objects.get().token == overlay.token
    desktop.get_by_role("button", name="New address", exact=True).click()
    desktop.get_by_role("button", name="Make a new address").click()
    expect(desktop.get_by_text("The old one has stopped")).to_be_visible()
    fresh = Overlay.objects.get().token
    assert fresh != overlay.token
    expect(desktop.get_by_label("Address for OBS")).to_have_value(
        f"{desktop.url.split('/live/')[0]}/live/overlay/{fresh}/"
    )
    look(desktop)


def test_what_is_typed_is_seen_at_once_and_saved_on_demand(open_page, cleo):
    page = open_page(**PHONE)
    sign_in(page, cleo.user)
    page.goto("/live/studio/overlay/")
    preview = page.locator(".screen .alert")
    expect(preview.locator(".line")).to_have_text("Noor sent Panda ")
    page.get_by_label("Text", exact=True).fill("{name} gave {coins} coins")
    expect(preview.locator(".line")).to_have_text("Noor gave 5 coins")
    page.get_by_text("Top right").click()
    expect(page.locator(".screen .overlay")).to_have_attribute("data-position", "top-right")
    page.get_by_label("Smallest gift, in coins").fill("100")
    expect(page.get_by_text("Gifts like Panda (5 coins) will not be shown.")).to_be_visible()
    page.get_by_role("button", name="Skyline").click()
    expect(preview).to_have_attribute("data-level", "large")
    assert not Overlay.objects.exists()

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    overlay = Overlay.objects.get()
    assert (overlay.text, overlay.position, overlay.smallest_coins) == ("{name} gave {coins} coins", "top-right", 100)


def test_text_that_cannot_be_is_explained(desktop, cleo, look):
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/overlay/")
    desktop.get_by_label("Text", exact=True).fill("{who} sent {gift}")
    desktop.get_by_role("button", name="Save").click()
    expect(desktop.get_by_text("{who} means nothing here.")).to_be_visible()
    expect(desktop.get_by_label("Text", exact=True)).to_have_value("{who} sent {gift}")
    look(desktop)


def test_sound_is_played_on_demand(desktop, cleo):
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/overlay/")
    desktop.get_by_role("button", name="Play it").click()
    expect(desktop.get_by_text("No sound is chosen.")).to_be_visible()
    for sound in ("chime", "clap", "drum"):
        desktop.get_by_label("Sound", exact=True).select_option(sound)
        with desktop.expect_response(f"**/{sound}.wav") as played:
            desktop.get_by_role("button", name="Play it").click()
        assert played.value.ok
        expect(desktop.locator("#play-line")).to_have_text("")


def test_creator_sends_a_test_alert_and_sees_that_obs_is_connected(desktop, obs, cleo):
    page = obs(smallest_coins=6_000, seconds=30)
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/overlay/")
    expect(desktop.locator("#obs")).to_contain_text("OBS is connected, heard")
    desktop.get_by_label("Gift", exact=True).select_option("drama-queen")
    desktop.get_by_role("button", name="Send a test alert").click()
    expect(desktop.get_by_text("Drama Queen is on its way as a test.")).to_be_visible()
    # A test alert appears although its gift costs less than the overlay's smallest one.
    expect(line(page)).to_have_text("Cleo sent Drama Queen ")
    expect(page.locator("#overlay .alert .test")).to_have_text("Test")

    desktop.get_by_label("Size").select_option("large")
    desktop.get_by_text("Top right").click()
    desktop.get_by_role("button", name="Save").click()
    expect(page.locator('#overlay[data-position="top-right"][data-size="large"]')).to_have_count(1)
