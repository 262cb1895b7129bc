"""The room in a browser: each tap is shown at once to all viewers and charged once."""

import re
import time
from uuid import uuid4

import brotli
import pytest
from playwright.sync_api import expect

from live.comments.comments import write_comment
from live.models import GiftTap
from live.sessions.sessions import end_session
from people.text.names import AVATARS
from tests.e2e.rooms import DESKTOP, PHONE, balance, choose, enter, eventually, points, tile
from tests.e2e.visitors import sign_in
from tests.factories import make_user, tap
from wallet.coins import coin_balance


@pytest.fixture
def vera(live_url):
    return make_user("Vera", coins=1_000)


def test_viewer_becomes_somebody_in_the_tray_between_two_gifts(open_page, live, vera):
    page, other = open_page(**PHONE), open_page(**DESKTOP)
    enter(page, live, vera)
    enter(other, live)
    choose(page, "panda")
    tile(page, "panda").click()
    expect(other.locator(".lane")).to_have_count(1)

    change = page.locator("#appear")
    expect(change).to_have_accessible_name("You appear as Vera Change to Somebody")
    change.press("Enter")
    asked = page.get_by_role("dialog", name="Appear as Somebody in all lives?")
    expect(asked).to_contain_text("in this live and in every other. What is there already stays as it is.")
    page.keyboard.press("Enter")  # “Stay as it is” has the focus
    expect(asked).to_be_hidden()
    expect(change).to_have_accessible_name("You appear as Vera Change to Somebody")
    change.press("Enter")
    asked.get_by_role("button", name="Appear as Somebody").click()
    expect(change).to_have_accessible_name("You appear as Somebody Change to Vera")
    expect(change).to_be_focused()
    page.get_by_role("button", name="Undo and appear as Vera").click()
    expect(change).to_have_accessible_name("You appear as Vera Change to Somebody")
    page.get_by_role("button", name="Undo and appear as Somebody").click()
    expect(change).to_have_accessible_name("You appear as Somebody Change to Vera")
    for _ in range(2):
        tile(page, "panda").click()

    # The giver's own page and everybody else's agree: two combos, of two faces, and none is shown twice.
    for everybody in (page, other):
        lanes = everybody.locator(".lane")
        expect(lanes).to_have_count(2)
        expect(lanes.nth(0)).to_contain_text("Vera")
        expect(lanes.nth(1)).to_contain_text("Somebody")
        expect(lanes.nth(1).locator(".times")).to_have_text("×2")
    points(page, 15)
    assert sorted(GiftTap.objects.values_list("as_somebody", flat=True)) == [False, True, True]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_first_tap_chooses_next_taps_send_and_everybody_sees_them(open_page, live, vera, size):
    page, other = open_page(**size), open_page(**DESKTOP)
    enter(page, live, vera)
    enter(other, live)
    page.evaluate("window.isSamePage = true")

    choose(page, "panda")
    expect(page.get_by_text("Cleo gets $0.025, Ovation keeps $0.025")).to_be_visible()
    assert GiftTap.objects.count() == 0
    for _ in range(3):
        tile(page, "panda").click()
    expect(page.locator('.offer[data-gift="panda"] .combo')).to_have_text("×3")
    expect(page.get_by_text("Panda ×3 · 15 coins · $0.15")).to_be_visible()

    balance(page, 985)
    points(page, 15)
    points(other, 15)
    for one in (page, other):
        lane = one.locator("#lanes .lane")
        expect(lane).to_have_count(1)
        expect(lane).to_contain_text("Vera")
        expect(lane.locator(".times")).to_have_text("×3")
    assert page.evaluate("window.isSamePage") is True
    assert coin_balance(vera) == 985
    assert GiftTap.objects.count() == 3


def test_lost_reply_is_asked_for_again_and_charged_once(open_page, live, vera):
    page = open_page(**PHONE)
    enter(page, live, vera)
    sent = []

    def lose_the_first_replies(route):
        sent.append(re.search("tap_id=([^&]+)", route.request.post_data)[1])
        if len(sent) < 3:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/tap/", lose_the_first_replies)
    choose(page, "panda")
    with page.expect_response("**/tap/") as answer:
        tile(page, "panda").click()
    assert answer.value.headers["idempotency-replayed"] == "true"
    balance(page, 995)
    points(page, 5)
    assert len(sent) == 3 and len(set(sent)) == 1
    assert GiftTap.objects.count() == 1
    assert coin_balance(vera) == 995


def test_reload_sends_what_had_no_answer_with_the_same_id(open_page, live, vera):
    page = open_page(**PHONE)
    enter(page, live, vera)
    questions, reloaded = [], []

    def go_on(question):
        questions.append(question.type)
        question.accept()

    page.on("dialog", go_on)

    def answer_after_the_reload(route):
        if reloaded:
            return route.continue_()
        if not GiftTap.objects.exists():
            route.fetch()
        return route.abort()

    page.route("**/tap/", answer_after_the_reload)
    choose(page, "panda")
    # Wait in the browser: Playwright answers a route only while the test waits.
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/tap/")):
        tile(page, "panda").click()
    assert GiftTap.objects.count() == 1
    page.once("domcontentloaded", lambda _: reloaded.append(True))
    with page.expect_response("**/tap/") as answer:
        page.reload()
    assert questions == ["beforeunload"]
    assert answer.value.headers["idempotency-replayed"] == "true"
    balance(page, 995)
    points(page, 5)
    assert GiftTap.objects.count() == 1


def test_50_presses_in_5_seconds_over_a_slow_line_are_50_gifts(open_page, live, vera):
    page = open_page(**PHONE)
    enter(page, live, vera)
    # A latency of 400 ms, laid on by the browser itself so that requests overlap as they do on a real line.
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    line = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    devtools.send("Network.emulateNetworkConditions", line)
    choose(page, "panda")
    began = time.monotonic()
    for n in range(50):
        tile(page, "panda").click()
        page.wait_for_timeout(max(0, (n + 1) * 100 - (time.monotonic() - began) * 1000))
    balance(page, 750)
    eventually(lambda: GiftTap.objects.count() >= 50)
    page.wait_for_timeout(1500)
    assert GiftTap.objects.count() == 50
    assert coin_balance(vera) == 750
    balance(page, 750)
    points(page, 250)


def test_end_of_the_live_brings_the_end_card(open_page, live, vera):
    page = open_page(**DESKTOP)
    enter(page, live, vera)
    end_session(live, by="cleo")
    expect(page.get_by_role("heading", name="This live has ended")).to_be_visible()
    expect(page.locator("#tray")).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_tap_works_without_javascript(open_page, live, vera, size):
    page = open_page(**size, java_script_enabled=False)
    enter(page, live, vera)
    choose(page, "panda")
    for coins in (995, 990):
        page.get_by_role("button", name="Send Panda, 5 coins, $0.05").click()
        expect(page.get_by_text("Panda sent for 5 coins ($0.05).")).to_be_visible()
        balance(page, coins)
        expect(page.locator('.offer[data-gift="panda"] .combo')).to_be_visible()
    assert GiftTap.objects.count() == 2


def test_tray_is_used_by_keyboard(open_page, live, vera):
    page = open_page(**PHONE)
    sign_in(page, vera)
    page.goto(f"/live/{live.pk}/")
    opener = page.get_by_role("button", name="Send a gift", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#tray-title")).to_be_focused()
    tile(page, "spark").focus()
    page.keyboard.press("ArrowRight")
    expect(tile(page, "panda")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Send Panda, 5 coins, $0.05")).to_be_focused()
    page.keyboard.press("Enter")
    balance(page, 995)
    expect(page.get_by_role("status").filter(has_text="Vera sent Panda")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#tray")).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize(
    ("size", "tiles", "requests", "kibibytes"), [(PHONE, 0, 25, 75), (DESKTOP, 16, 40, 85)], ids=["phone", "desktop"]
)
def test_room_loads_little_before_the_first_gift(open_page, live, vera, size, tiles, requests, kibibytes):
    """On a desktop every gift is in sight at once. Fonts are compressed as they are."""
    for number, (avatar, _) in enumerate(AVATARS[:8]):
        fan = make_user(f"Fan {number}", coins=50, avatar=avatar)
        tap(fan, live, gift_slug=["spark", "panda", "balloon"][number % 3])
        write_comment(author=fan, session_id=live.pk, comment_id=uuid4(), text="The far shore, in three strokes")
    page = open_page(**size)
    sign_in(page, vera)
    page.goto("about:blank")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    answers = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108

    page.goto(f"/live/{live.pk}/")
    expect(page.locator(".comment")).to_have_count(8)
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)

    # Polls that bring nothing have no body to ask for.
    loaded = {answer.url: answer.body() for answer in answers if answer.status != 204}
    sizes = {url: len(body) if url.endswith("woff2") else len(brotli.compress(body)) for url, body in loaded.items()}
    assert len([url for url in sizes if "/gifts/" in url]) >= tiles
    assert len(sizes) <= requests, sizes
    assert sum(sizes.values()) <= kibibytes * 1024, sizes


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_room_breaks_no_accessibility_rule(open_page, live, vera, axe, size):
    page = open_page(**size)
    enter(page, live, vera)
    axe(page)
    choose(page, "panda")
    tile(page, "panda").click()
    balance(page, 995)
    page.wait_for_timeout(400)
    axe(page)
    end_session(live, by="cleo")
    expect(page.get_by_role("heading", name="This live has ended")).to_be_visible()
    axe(page)
