"""The room through the real server: taps by stream, and the page while the server is away."""

import re
import time

import pytest
from playwright.sync_api import expect

from live.models import GiftTap
from live.overlay.overlays import save_settings
from live.sessions.sessions import end_session
from payouts.diamonds import diamond_balance
from tests.e2e.overlays import LISTEN, OBS, line, said
from tests.e2e.rooms import DESKTOP, PHONE, choose, enter, eventually, points, tile
from tests.e2e.visitors import sign_in
from tests.factories import make_user, tap
from wallet.coins import coin_balance

# Notes the id of every row that the feed brings, in the order in which it does.
WRITE_DOWN_ROWS = """() => {
  window.rows = [];
  document.addEventListener("feed:rows", ({ detail }) => {
    for (const row of detail.querySelectorAll("[data-tap]")) window.rows.push(Number(row.dataset.tap));
  });
}"""
POLLS = "New gifts come every few seconds for now."
# Notes in the page itself when somebody clicked last, and when each sum or line of an alert was first shown.
NOTE_WHEN = """() => {
  window.shownAt = {};
  addEventListener("click", () => { window.clickedAt = Date.now(); }, true);
  new MutationObserver(() => {
    const sum = document.getElementById("session-points")?.value;
    const shown = sum ?? document.querySelector("#overlay .line")?.textContent.trim();
    if (shown) shownAt[shown] ??= Date.now();
  }).observe(document.body, { childList: true, subtree: true, attributes: true });
}"""


def follow(page):
    """Record the page's requests."""
    asked = []
    page.on("request", lambda request: asked.append(request.url.split("/")[-2]))
    return asked


@pytest.mark.alone
def test_viewer_taps_and_all_faces_show_it_within_a_second_by_stream_and_after_a_restart(open_page, server, live, vera):
    viewer, other, overlay, studio = open_page(**PHONE), open_page(**DESKTOP), open_page(**OBS), open_page(**DESKTOP)
    asked = [*map(follow, (other, overlay, studio))]
    sign_in(studio, live.creator.user)
    with studio.expect_response("**/events/*"):
        studio.goto("/live/studio/")
    settings = save_settings(live.creator, seconds=2, text="{name} sent {gift} {count}")
    with overlay.expect_response("**/events/*"):
        overlay.goto(f"/live/overlay/{settings.token}/")
    overlay.evaluate(LISTEN)
    enter(other, live)
    enter(viewer, live, vera)
    choose(viewer, "panda")
    tile(viewer, "panda").click()
    expect(other.locator("#lanes .lane")).to_have_count(1)
    expect(line(overlay)).to_have_text("Vera sent Panda ")

    faces = {"viewer": viewer, "other": other, "studio": studio, "overlay": overlay}
    for page in faces.values():
        page.evaluate(NOTE_WHEN)
    took = {face: [] for face in faces}
    for gift, total in (("clover", "30"), ("encore", "130"), ("spotlight", "630")):
        expect(line(overlay)).to_have_count(0)
        choose(viewer, gift)
        tile(viewer, gift).click()
        for face, page in faces.items():
            shown = f"Vera sent {gift.capitalize()}" if face == "overlay" else total
            eventually(lambda page=page, shown=shown: page.evaluate("(shown) => shown in shownAt", shown))
            took[face].append(page.evaluate("(shown) => shownAt[shown]", shown) - viewer.evaluate("clickedAt"))
    assert max(map(max, took.values())) < 1000, took
    for addresses in asked:
        assert "events" in addresses
        assert "feed" not in addresses
    expect(other.locator("#feed-line")).to_be_hidden()
    assert overlay.context.cookies() == []

    choose(viewer, "spark")
    seconds, code = server.stop()
    assert seconds < 2 and code == 0
    expect(other.locator("#feed-line")).to_be_visible()
    tile(viewer, "spark").click()
    expect(viewer.get_by_role("status").filter(has_text="No answer yet. Your gift is kept")).to_be_visible()
    for gift in ("clover", "supernova", "encore"):
        tap(vera, live, gift_slug=gift)
    server.start().wait()
    for page in (viewer, other, studio):
        expect(page.locator("#session-points")).to_have_attribute("value", "10756")
        expect(page.locator("#feed-line")).to_be_hidden()
    assert GiftTap.objects.filter(gift__slug="spark").count() == 1
    expect(studio.locator("#activity .row", has_text="Spark")).to_have_count(1)
    missed = ["Vera sent Clover", "Vera sent Supernova", "Vera sent Encore", "Vera sent Spark"]
    eventually(lambda: said(overlay)[-4:] == missed, seconds=60)
    assert said(overlay)[:-4] == [f"Vera sent {gift}" for gift in ("Panda", "Clover", "Encore", "Spotlight")]


def test_test_gift_is_marked_for_everybody_and_the_reached_goal_is_said_once(open_page, live, vera):
    live.goal_kind, live.goal = "gifters", 1
    live.save()
    viewer, studio = open_page(**PHONE), open_page(**DESKTOP)
    enter(viewer, live)
    sign_in(studio, live.creator.user)
    studio.goto("/live/studio/")
    studio.get_by_label("Test gift").select_option("drama-queen")
    studio.get_by_role("button", name="Send a test").click()

    expect(studio.get_by_text("Drama Queen is on its way as a test.")).to_be_visible()
    expect(studio.locator("#activity .chip", has_text="Test")).to_be_visible()
    lane = viewer.locator("#lanes .lane.test")
    expect(lane).to_contain_text("Drama Queen, no coins")
    expect(viewer.locator("#news-line")).to_have_text("Test gift: Drama Queen, no coins.")
    points(viewer, 0)
    points(studio, 0)

    tap(vera, live)
    words = "The goal of 1 gifter is reached. Thank you."
    for page in (viewer, studio):
        expect(page.locator("#news-line")).to_have_text(words)
    points(studio, 5)
    expect(lane).to_have_count(1)


def test_server_that_cannot_stream_is_asked_every_so_often_and_the_page_says_so(open_page, live, vera):
    page = open_page(**PHONE)
    page.route("**/events/*", lambda route: route.fulfill(status=204))
    enter(page, live)
    expect(page.get_by_text(POLLS)).to_be_visible()
    tap(vera, live)
    points(page, 5)


@pytest.mark.parametrize("who", ["room", "studio", "overlay"])
def test_page_whose_stream_does_not_begin_asks_within_seconds(open_page, live, vera, who):
    """A proxy buffers the stream, or six streams over HTTP/1.1 are open already."""
    page, waiting = open_page(**(OBS if who == "overlay" else DESKTOP)), []
    page.route("**/events/*", lambda route: waiting.append(route))  # noqa: PLW0108
    if who == "studio":
        sign_in(page, live.creator.user)
    token = save_settings(live.creator, seconds=2).token
    asked = follow(page)
    page.goto({"room": f"/live/{live.pk}/", "studio": "/live/studio/", "overlay": f"/live/overlay/{token}/"}[who])
    eventually(lambda: page.wait_for_timeout(50) or waiting)
    began = time.monotonic()
    tap(vera, live)
    eventually(lambda: page.wait_for_timeout(50) or "feed" in asked)
    assert time.monotonic() - began < 6
    if who == "overlay":
        expect(line(page)).to_contain_text("Panda")
    else:
        expect(page.get_by_text(POLLS)).to_be_visible()
        expect(page.get_by_text("Vera").first).to_be_visible()
    # The page still waits for the stream, and stops polling when it opens.
    waiting[0].continue_()
    if who != "overlay":
        expect(page.get_by_text(POLLS)).to_have_count(0)


def test_end_of_the_live_comes_by_stream(open_page, server, live, vera, axe):
    page = open_page(**DESKTOP)
    asked = follow(page)
    enter(page, live)
    expect(page.locator("#lanes")).to_be_visible()
    end_session(live, by="cleo")
    expect(page.get_by_role("heading", name="This live has ended")).to_be_visible()
    assert "feed" not in asked


def test_creator_ends_the_live_under_the_viewers_finger_and_both_read_the_same_sum(open_page, live, vera):
    """One Panda was answered, the second lost its reply, the third is on its way, and a Skyline is delayed."""
    viewer, studio = open_page(**PHONE), open_page(**DESKTOP)
    sign_in(studio, live.creator.user)
    studio.goto("/live/studio/")
    enter(viewer, live, vera)
    choose(viewer, "panda")
    tile(viewer, "panda").click()
    expect(viewer.locator("#given")).to_have_text("5 coins · $0.05")
    arrives = []

    def lose_replies(route):
        tap_id = re.search("tap_id=([^&]+)", route.request.post_data)[1]
        if not arrives:
            arrives.append(tap_id)
            route.fetch()
        route.abort()

    viewer.route("**/tap/", lose_replies)
    with viewer.expect_event("requestfailed", lambda request: request.url.endswith("/tap/")):
        tile(viewer, "panda").click()
    assert GiftTap.objects.count() == 2
    tile(viewer, "panda").click()
    choose(viewer, "skyline")
    tile(viewer, "skyline").click()
    viewer.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    expect(viewer.get_by_role("list", name="Not sent yet")).to_contain_text("Skyline")
    points(studio, 10)
    studio.get_by_role("button", name="End the live").click()
    studio.get_by_role("button", name="End it now").click()

    card = viewer.locator("#curtain")
    expect(card.get_by_role("heading", name="This live has ended")).to_be_visible()
    expect(card.get_by_role("alert")).to_contain_text(
        "Panda ×2: no answer yet. It is asked again whether it was in time."
    )
    viewer.unroute("**/tap/")
    expect(card.get_by_role("alert")).to_have_text(
        "Skyline, Panda: not sent, because the live had ended. Nothing was debited for it."
    )
    expect(card).to_contain_text("You gave 10 coins ($0.10) in this live.")
    points(viewer, 10)
    expect(studio.locator(".one-number .big")).to_have_text("$0.05")
    assert list(GiftTap.objects.values_list("coins", flat=True)) == [5, 5]
    assert coin_balance(vera) == 19_990
    assert diamond_balance(live.creator.user) == 10


def test_viewer_who_was_offline_sends_once_what_was_tapped_and_catches_up_without_gap_or_repeat(open_page, live, vera):
    noor = make_user("Noor", coins=1_000)
    viewer = open_page(**PHONE)
    enter(viewer, live, vera)
    viewer.evaluate(WRITE_DOWN_ROWS)
    choose(viewer, "panda")
    tap(noor, live)
    points(viewer, 5)

    viewer.context.set_offline(True)
    for _ in range(3):
        tile(viewer, "panda").click()
    for gift in ("clover", "spark", "clover"):
        tap(noor, live, gift_slug=gift)
    kept = viewer.get_by_role("status").filter(has_text="No answer yet. Your gift is kept and sent again")
    expect(kept).to_be_visible()
    assert GiftTap.objects.filter(viewer=vera).count() == 0
    viewer.context.set_offline(False)

    expect(viewer.locator("#given")).to_have_text("15 coins · $0.15")
    expect(kept).to_be_hidden()
    points(viewer, 71)
    eventually(lambda: viewer.evaluate("rows") == list(GiftTap.objects.order_by("pk").values_list("pk", flat=True)))
    assert GiftTap.objects.filter(viewer=vera).count() == 3
    assert coin_balance(vera) == 19_985
