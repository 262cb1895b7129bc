"""The overlay in a browser: alerts in turn, combos as one, every row of a flood shown.

The server inside the tests has no streams, so here the overlay asks every so often.
"""

import base64

import pytest
from playwright.sync_api import expect

from live.overlay.overlays import renew_token
from tests.e2e.overlays import HAND_OVER, line, said
from tests.e2e.rooms import eventually
from tests.factories import make_session, tap

# Notes every address that the page asks for from now on.
COUNT_ASKING = """() => {
  window.asked = [];
  const ask = window.fetch;
  window.fetch = (...what) => { asked.push(String(what[0])); return ask(...what); };
  window.EventSource = class { constructor(address) { asked.push(address); } };
}"""
# Writes down when each fan's name came on screen, in milliseconds from now.
NOTE_MOMENTS = """() => {
  const since = Date.now();
  window.seen = { fans: {} };
  new MutationObserver(() => {
    const found = document.querySelector("#overlay .alert:not(.leaving) .line")?.textContent.match(/^Fan (\\d+)/);
    if (found) seen.fans[found[1]] ??= Date.now() - since;
  }).observe(document.getElementById("overlay"), { childList: true, subtree: true });
}"""
# From a screenshot: the largest opacity outside an area, and the smallest in its middle.
MEASURE_ALPHA = """async ([picture, { x, y, width, height }]) => {
  const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const brush = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  brush.drawImage(bitmap, 0, 0);
  const { data } = brush.getImageData(0, 0, bitmap.width, bitmap.height);
  let away = 0, middle = 255;
  for (let pixel = 0; pixel < data.length / 4; pixel += 1) {
    const alpha = data[pixel * 4 + 3];
    const across = Math.abs(pixel % bitmap.width - x - width / 2);
    const down = Math.abs(Math.floor(pixel / bitmap.width) - y - height / 2);
    // A shadow reaches beyond its alert.
    if (across > width / 2 + 60 || down > height / 2 + 60) away = Math.max(away, alpha);
    if (across < width / 4 && down < height / 4) middle = Math.min(middle, alpha);
  }
  return [away, middle];
}"""


def alpha_of(page, area):
    """Return how much is painted, from 0 to 255: at most away from the area, at least in its middle."""
    picture = base64.b64encode(page.screenshot(omit_background=True)).decode()
    return page.evaluate(MEASURE_ALPHA, [picture, area])


def test_live_that_begins_while_the_overlay_is_open_loses_none_of_its_gifts_one_after_the_other_by_polling(
    obs, cleo, vera
):
    page = obs()
    live = make_session(cleo)
    tap(vera, live)
    tap(vera, live, gift_slug="clover", quantity=3)

    eventually(lambda: said(page) == ["Vera sent Panda", "Vera sent Clover ×3"])
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

    assert said(page) == ["Fan 0/", "Fan 1/", "Fan 2/", "Sol/", "and 297 more gifts, 1,485 coins"]


def test_no_gift_is_on_screen_later_than_ten_seconds_after_it_came(obs):
    page = obs(clock=True, seconds=30)
    page.evaluate(NOTE_MOMENTS)
    for number in range(120):
        page.evaluate(HAND_OVER, [[f"Fan {number}", "Panda", 1, 5 + number % 7]])
        page.clock.run_for(250)
    page.clock.run_for(60_000)

    seen = page.evaluate("window.seen")
    late = max(shown - int(number) * 250 for number, shown in seen["fans"].items())
    assert late <= 10_000, seen
    gifts = [int(line.split()[1]) for line in said(page) if line.startswith("and ")]
    assert len(seen["fans"]) + sum(gifts) == 120


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
    page = obs(clock=True)
    page.route("**/now/*", lambda route: route.abort())
    # Measure the alert after its animation.
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
    eventually(lambda: page.evaluate("localStorage.length") == 1)
    renew_token(cleo)
    with page.expect_response("**/now/?tests=*") as answer:
        page.clock.run_for(3000)
    assert answer.value.status == 404
    # Playwright sees the answer before the page does: wait until the page has dropped its copy.
    eventually(lambda: page.evaluate("localStorage.length") == 0)
    expect(line(page)).to_have_count(0)
    # Record requests in the page: Playwright may report an earlier request late.
    page.evaluate(COUNT_ASKING)
    page.clock.run_for(600_000)
    assert page.evaluate("asked") == []
    assert page.evaluate("localStorage.length") == 0
    page.reload()
    expect(page.get_by_text("No overlay is at this address.")).to_be_visible()


def test_two_polls_that_wait_for_their_answers_are_followed_by_one(obs, cleo):
    page = obs(clock=True)
    waiting = []
    page.route("**/feed/*", lambda route: waiting.append(route) if len(waiting) < 2 else route.continue_())
    make_session(cleo)
    # The page learns of the live, gets no stream, polls, tries the stream again and polls once more.
    eventually(lambda: page.clock.run_for(500) or len(waiting) == 2)
    for route in waiting:
        with page.expect_event("requestfinished", lambda request: "/feed/" in request.url):
            route.continue_()
    page.evaluate(COUNT_ASKING)
    eventually(lambda: page.clock.run_for(100) or any("/feed/" in address for address in page.evaluate("asked")))
    assert sum("/feed/" in address for address in page.evaluate("asked")) == 1


def test_demo_plays_examples_and_no_gift(obs, cleo, vera):
    live = make_session(cleo)
    page = obs(clock=True, demo="?demo=1")
    tap(vera, live)
    page.clock.run_for(10)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_transparent_but_for_its_alert_and_keeps_no_cookie(obs, scheme):
    page = obs(seconds=30)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    middle = {"x": 860, "y": 500, "width": 200, "height": 80}
    assert alpha_of(page, middle) == [0, 0]
    page.evaluate(HAND_OVER, [["Vera", "Panda", 1, 5]])
    alert = page.locator("#overlay .alert")
    expect(alert).to_be_visible()
    away, inside = alpha_of(page, alert.bounding_box())
    assert away == 0
    assert inside > 230
    assert page.context.cookies() == []
