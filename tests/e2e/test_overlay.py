"""The overlay in a browser: alerts in turn, combos as one, nothing left out of a flood; and the page that sets it up.

The server inside the tests has no streams, so here the overlay asks every so often.
"""

import pytest
from playwright.sync_api import expect

from live.models import Overlay
from live.overlays import make_overlay, renew_token, save_settings
from tests.e2e.test_room import PHONE
from tests.e2e.visitors import sign_in
from tests.factories import make_creator, make_session, make_user, tap

OBS = {"width": 1920, "height": 1080}
# Writes down every line that an alert has said, each change once, and what it read at the end of its time.
LISTEN = """() => {
  window.said = [];
  new MutationObserver(() => {
    const alert = document.querySelector("#overlay .alert:not(.leaving)");
    const line = alert?.querySelector(".line").textContent.trim();
    if (line && line !== window.said.at(-1)) window.said.push(line);
  }).observe(document.getElementById("overlay"), { childList: true, subtree: true, attributes: true });
}"""
# Rows as the feed has them, handed to the page at once: [name, gift, quantity, price].
COUNT_ASKING = """() => {
  window.asked = [];
  const ask = window.fetch;
  window.fetch = (...what) => { asked.push(String(what[0])); return ask(...what); };
  window.EventSource = class { constructor(address) { asked.push(address); } };
}"""
HAND_OVER = """(rows) => {
  for (const [name, gift, quantity, price] of rows) {
    const row = document.createElement("li");
    Object.assign(row.dataset, { combo: `${name}-${gift}`, quantity, coins: quantity * price });
    row.innerHTML = '<span><strong></strong><span></span></span><img src="/static/gifts/panda.svg">';
    row.querySelector("strong").textContent = name;
    row.querySelector("strong + span").textContent = `sent ${gift}`;
    document.dispatchEvent(new CustomEvent("overlay:row", { detail: { row } }));
  }
}"""


@pytest.fixture
def cleo(live_server):
    return make_creator("Cleo", followers=1_000)


@pytest.fixture
def vera(live_server):
    return make_user("Vera", coins=20_000)


@pytest.fixture
def obs(open_page, cleo):
    """A function that opens the overlay, with a clock that the test turns."""

    def open_(clock=False, demo="", **settings):
        overlay = save_settings(cleo, **{"seconds": 2, **settings})
        page = open_page(**OBS)
        if clock:
            page.clock.install()
        with page.expect_response("**/now/*"):
            page.goto(f"/live/overlay/{overlay.token}/{demo}")
        page.evaluate(LISTEN)
        return page

    return open_


def line(page):
    return page.locator("#overlay .line")


def said(page):
    return page.evaluate("window.said")


# --- Alerts -------------------------------------------------------------------------------------


def test_live_that_begins_while_the_overlay_is_open_loses_none_of_its_gifts_one_after_the_other_by_polling(
    obs, cleo, vera
):
    page = obs()
    live = make_session(cleo)
    tap(vera, live)
    tap(vera, live, gift="clover", quantity=3)

    expect(line(page)).to_have_text("Vera sent Panda ", timeout=8_000)
    expect(line(page)).to_have_text("Vera sent Clover ×3")
    expect(line(page)).to_have_count(0)
    assert said(page) == ["Vera sent Panda", "Vera sent Clover ×3"]


def test_combo_is_one_alert_that_counts_up_and_stays_to_be_read(obs):
    page = obs(clock=True, seconds=3)
    page.evaluate(HAND_OVER, [["Vera", "Panda", 1, 5]])
    expect(line(page)).to_have_text("Vera sent Panda ")
    for seconds in (2, 1, 1):
        page.clock.run_for(seconds * 1000)
        page.evaluate(HAND_OVER, [["Vera", "Panda", 2, 5]])
    expect(line(page)).to_have_text("Vera sent Panda ×7")
    page.clock.run_for(2500)
    expect(line(page)).to_have_count(0)
    assert said(page) == [f"Vera sent Panda{times}" for times in ("", " ×3", " ×5", " ×7")]


def test_combo_that_waits_counts_up_in_its_place_and_after_five_seconds_it_is_another(obs):
    page = obs(clock=True, seconds=10)
    page.evaluate(HAND_OVER, [["Imani", "Clover", 1, 25], ["Vera", "Panda", 1, 5], ["Noor", "Panda", 1, 5]])
    page.evaluate(HAND_OVER, [["Vera", "Panda", 4, 5]])
    page.clock.run_for(5100)
    page.evaluate(HAND_OVER, [["Vera", "Panda", 1, 5]])
    page.clock.run_for(60_000)

    assert said(page) == ["Imani sent Clover", "Vera sent Panda ×5", "Noor sent Panda", "Vera sent Panda"]


def test_of_a_flood_none_is_left_out_of_the_count_and_a_large_one_stands_by_itself(obs):
    page = obs(clock=True, seconds=5, text="{name}/{count}")
    fans = [[f"Fan {number}", "Panda", 1, 5] for number in range(300)]
    page.evaluate(HAND_OVER, [*fans[:30], ["Sol", "Supernova", 1, 10_000], *fans[30:]])
    page.clock.run_for(90_000)

    assert said(page) == [*[f"Fan {number}/" for number in range(21)], "Sol/", "and 279 more gifts, 1,395 coins"]


def test_gift_below_the_smallest_is_not_shown_however_many_there_are(obs):
    page = obs(clock=True, smallest_coins=25)
    page.evaluate(HAND_OVER, [["Vera", "Panda", 12, 5], ["Vera", "Clover", 1, 25]])
    page.clock.run_for(20_000)

    assert said(page) == ["Vera sent Clover"]


def test_name_is_text_and_cut_to_twenty_four_characters(obs):
    page = obs(clock=True, text="<b>{name}</b> {gift}")
    names = {
        "Maximiliane von Hohenstein-Lauenburg": "Maximiliane von Hohenst…",
        "123456789012345678901234": "123456789012345678901234",
        "👩‍🚀" * 25: "👩‍🚀" * 23 + "…",
        "<img src=x onerror=alert(1)>": "<img src=x onerror=aler…",
    }
    for name, shown in names.items():
        page.evaluate(HAND_OVER, [[name, "Panda", 1, 5]])
        assert line(page).text_content() == f"<b>{shown}</b> Panda"
        assert page.locator("#overlay b, #overlay .line img").count() == 0
        page.clock.run_for(5_000)


def test_alert_stands_where_it_was_put_in_the_size_that_was_chosen(obs, cleo):
    page = obs(clock=True, seconds=30)
    page.route("**/now/*", lambda route: route.abort())
    # It is measured where it rests, not on its way in.
    page.emulate_media(reduced_motion="reduce")
    alert = page.locator("#overlay .alert")
    page.evaluate(HAND_OVER, [["Vera", "Panda", 1, 5]])
    expect(alert).to_be_visible()
    widths = {}
    for position, corner in [("bottom-left", (0, 1)), ("top-right", (1, 0)), ("middle", (0.5, 0.5)), ("top", (0.5, 0))]:
        for size in ("small", "medium", "large"):
            settings = {"position": position, "size": size, "text": "{name}", "seconds": 30}
            page.evaluate(
                "(detail) => document.dispatchEvent(new CustomEvent('overlay:settings', { detail }))", settings
            )
            box = alert.bounding_box()
            left, top = box["x"], box["y"]
            right, bottom = 1920 - left - box["width"], 1080 - top - box["height"]
            for share, before, behind in ((corner[0], left, right), (corner[1], top, bottom)):
                expected = {0: abs(before - 57.6), 1: abs(behind - 57.6), 0.5: abs(before - behind)}[share]
                assert expected < 2, (position, size, box)
            widths[size] = box["width"]
    assert widths["small"] < widths["medium"] < widths["large"]


def test_replaced_address_stops_the_page_that_is_open(obs, cleo, vera):
    make_session(cleo)
    page = obs(clock=True, seconds=30)
    page.evaluate(HAND_OVER, [["Vera", "Panda", 1, 5]])
    expect(line(page)).to_be_visible()
    page.wait_for_function("localStorage.length === 1")
    renew_token(cleo)
    with page.expect_response("**/now/?tests=*") as answer:
        page.clock.run_for(3000)
    assert answer.value.status == 404
    expect(line(page)).to_have_count(0)
    # Heard of in the page: word of a request that was under way before may reach us later.
    page.evaluate(COUNT_ASKING)
    page.clock.run_for(600_000)
    assert page.evaluate("asked") == []
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    expect(page.get_by_text("No overlay is at this address.")).to_be_visible()


def test_demo_plays_examples_and_no_gift(obs, cleo, vera):
    live = make_session(cleo)
    page = obs(clock=True, demo="?demo=1")
    tap(vera, live)
    expect(line(page)).to_have_text("Noor sent Panda ")
    expect(page.locator("#overlay .test")).to_have_text("Test")
    page.clock.run_for(30_000)
    told = " ".join(said(page))
    assert "Sol sent Skyline" in told
    assert "Vera" not in told


def test_with_reduced_motion_alerts_stand_still(obs):
    page = obs(clock=True)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(HAND_OVER, [["Vera", "Supernova", 1, 10_000]])
    expect(line(page)).to_be_visible()
    page.evaluate(HAND_OVER, [["Vera", "Supernova", 1, 10_000]])
    expect(line(page)).to_have_text("Vera sent Supernova ×2")
    assert page.evaluate("document.getAnimations().length") == 0


# --- The page that sets it up -------------------------------------------------------------------


def test_address_is_hidden_until_asked_for_and_replaced_after_a_question(desktop, cleo, look):
    overlay = make_overlay(cleo)
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
    page.get_by_label("Text").fill("{name} gave {coins} coins")
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
    desktop.get_by_label("Text").fill("{who} sent {gift}")
    desktop.get_by_role("button", name="Save").click()
    expect(desktop.get_by_text("{who} means nothing here.")).to_be_visible()
    expect(desktop.get_by_label("Text")).to_have_value("{who} sent {gift}")
    look(desktop)


def test_sound_is_played_on_demand(desktop, cleo):
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/overlay/")
    desktop.get_by_role("button", name="Play it").click()
    expect(desktop.get_by_text("No sound is chosen.")).to_be_visible()
    for sound in ("chime", "clap", "drum"):
        desktop.get_by_label("Sound").select_option(sound)
        with desktop.expect_response(f"**/{sound}.wav") as played:
            desktop.get_by_role("button", name="Play it").click()
        assert played.value.ok
        expect(desktop.locator("#play-line")).to_have_text("")


def test_creator_sends_a_test_alert_and_sees_that_obs_is_connected(desktop, obs, cleo):
    page = obs(smallest_coins=6_000)
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/overlay/")
    expect(desktop.locator("#obs")).to_contain_text("OBS is connected, heard")
    desktop.get_by_label("Gift", exact=True).select_option("drama-queen")
    desktop.get_by_role("button", name="Send a test alert").click()
    expect(desktop.get_by_text("Drama Queen is on its way as a test.")).to_be_visible()
    # Also below the smallest gift: somebody asked.
    expect(line(page)).to_have_text("Cleo sent Drama Queen ")
    expect(page.locator("#overlay .alert .test")).to_have_text("Test")

    desktop.get_by_label("Size").select_option("large")
    desktop.get_by_text("Top right").click()
    desktop.get_by_role("button", name="Save").click()
    expect(page.locator('#overlay[data-position="top-right"][data-size="large"]')).to_have_count(1)
