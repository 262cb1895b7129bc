"""The answers of the stage: one's own lane, large gifts by rank, messages, a reached goal; none lies over another."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from live.comments.comments import remove_comment, write_comment
from live.comments.muted_words import add_muted_word
from live.models import Comment
from live.sessions.sessions import start_session
from tests.e2e.rooms import DESKTOP, PHONE, balance, choose, enter, eventually, points, tile
from tests.e2e.visitors import sign_in, stop_clock
from tests.factories import make_user, tap

# Of each comment and lane that can be seen: is it whole within its list?
WHOLE = """(list) => {
  const { top, bottom } = list.getBoundingClientRect();
  return [...list.querySelectorAll(".comment, .lane")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => Number(getComputedStyle(one).opacity) > 0)
    .map((one) => one.getBoundingClientRect())
    .filter((one) => one.bottom > top + 1 && one.top < bottom - 1)
    .map((one) => one.top >= top - 1 && one.bottom <= bottom + 1);
}"""
# The words of a goal after rows with so many points, after a board that is older than they are, and after more rows.
GOAL_MEANWHILE = """async (counts) => {
  const older = document.getElementById("goal").outerHTML;
  const send = (name, html) => {
    const content = Object.assign(document.createElement("template"), { innerHTML: html }).content;
    document.dispatchEvent(new CustomEvent(name, { detail: content }));
  };
  const said = () => {
    const [words, brief, bar] = document.getElementById("goal").children;
    return [words.textContent, brief.textContent, bar.value, bar.getAttribute("aria-label")].join("|");
  };
  const rows = (count) => send("feed:rows", `<data id="session-points" value="${count}"></data>`);
  rows(counts[0]);
  const first = said();
  send("feed:board", older);
  await null;
  const second = said();
  rows(counts[1]);
  return [first, second, said()];
}"""
# Opens a list of layout shifts without those that an input caused.
WATCH_SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) shifts.push(one.value);
  }).observe({ type: "layout-shift", buffered: false });
}"""
# Rows as the feed brings them: [giver, gift's slug, its name, price, message].
HAND_OVER = """(rows) => {
  for (const [who, slug, gift, price, words] of rows) {
    const row = document.getElementById("own-lane").content.firstElementChild.cloneNode(true);
    window.handed = (window.handed ?? 1000) + 1;
    Object.assign(row.dataset, { combo: `${who}-${slug}`, quantity: 1, coins: price, tap: window.handed });
    row.querySelector("strong").textContent = who;
    row.querySelector("strong + span").textContent = `sent ${gift}`;
    row.querySelector(":scope > img").src = `/static/gifts/${slug}.svg`;
    if (words) row.append(Object.assign(document.createElement("q"), { textContent: words }));
    const content = document.createDocumentFragment();
    content.append(row);
    document.dispatchEvent(new CustomEvent("feed:rows", { detail: content }));
  }
}"""
ASK_FOR_BOARD = """() => document.dispatchEvent(new CustomEvent("feed:ask"))"""
SKYLINE = ["Aiko", "skyline", "Skyline", 1_000, ""]
DRAMA_QUEEN = [
    "Noor",
    "drama-queen",
    "Drama Queen",
    5_000,
    "For the encore you owe us since Lisbon, and for all the rest",
]
SUPERNOVA = ["Maximiliane von Hohenstein", "supernova", "Supernova", 10_000, ""]
# Which of the things on the stage overlap, by name.
OVERLAPS = """() => {
  const parts = {
    picture: ".moment > img", caption: ".moment > .caption", above: ".above .block", tops: "#top-gifters",
    tray: "#tray", own: ".lane.own", talk: ".talking", below: ".gift-button",
  };
  const boxes = Object.entries(parts)
    .map(([name, selector]) => [name, document.querySelector(selector)])
    .filter(([, element]) => element?.checkVisibility())
    .map(([name, element]) => [name, element.getBoundingClientRect()]);
  return boxes.flatMap(([name, one], number) => boxes.slice(number + 1)
    .filter(([, other]) => one.left < other.right - 1 && other.left < one.right - 1
      && one.top < other.bottom - 1 && other.top < one.bottom - 1)
    .map(([other]) => `${name} over ${other}`));
}"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE, {**PHONE, "height": 667}], ids=["desktop", "phone", "small"])
def test_no_bubble_is_cut_at_any_place_of_the_list(open_page, live, size):
    for words in ("Bravo", "Encore " * 20, "Louder", "Softer " * 12, "Slower", "Faster", "Again", "That blue"):
        write_comment(author=make_user(words[:6]), session_id=live.pk, comment_id=uuid4(), text=words.strip())
    page = open_page(**size)
    page.goto(f"/live/{live.pk}/")
    talking = page.locator(".talking")
    for upwards in (0, 40, 75):
        talking.evaluate("(list, upwards) => list.scrollTo(0, -upwards)", upwards)
        page.wait_for_timeout(300)
        whole = talking.evaluate(WHOLE)
        assert len(whole) >= 2
        assert all(whole), (upwards, whole)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_own_gift_has_the_lane_above_the_tray_in_a_flood_and_counts_to_twelve(open_page, live, vera, size):
    page = open_page(**size)
    enter(page, live, vera)
    page.evaluate(WATCH_SHIFTS)
    choose(page, "panda")
    for number in range(12):
        tile(page, "panda").click()
        page.evaluate(
            HAND_OVER, [[f"Fan {number}", "panda", "Panda", 5, ""], [f"Ida {number}", "clover", "Clover", 25, ""]]
        )
        own = page.locator("#lanes > .lane.own")
        expect(own).to_have_count(1)
        expect(own).to_contain_text("Vera")
    expect(own.locator(".times.bump")).to_have_text("×12")
    assert page.locator("#lanes > .lane:last-child").evaluate("(lane) => lane.classList.contains('own')")
    page.wait_for_timeout(700)
    edge, coral = own.evaluate(
        "(lane) => [getComputedStyle(lane).borderTopColor, getComputedStyle(lane).borderTopWidth]"
    )
    assert (edge, coral) == ("rgb(255, 107, 87)", "2px")
    lowest = page.locator("#lanes").evaluate("(lanes) => lanes.getBoundingClientRect().bottom")
    assert abs(own.evaluate("(lane) => lane.getBoundingClientRect().bottom") - lowest) < 2
    whole = page.locator("#lanes").evaluate(WHOLE)
    assert len(whole) >= 2
    assert all(whole), whole
    assert sum(page.evaluate("window.shifts")) < 0.02, page.evaluate("window.shifts")
    assert page.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_stage_answers_by_rank_and_nothing_lies_over_anything_else(open_page, live, vera, size):
    tap(make_user("Imani", coins=5), live)
    page = open_page(**size, reduced_motion="reduce")
    enter(page, live, vera)
    choose(page, "panda")
    tile(page, "panda").click()
    moment = page.locator(".moment")
    seconds = []
    for rank, gift, sheet in (("1", SKYLINE, None), ("2", DRAMA_QUEEN, ".light"), ("3", SUPERNOVA, ".gold")):
        page.evaluate(HAND_OVER, [gift])
        expect(moment).to_have_attribute("data-rank", rank)
        expect(moment.locator("strong")).to_have_text(gift[0])
        assert page.evaluate(OVERLAPS) == []
        assert page.locator(".stage > :is(.light, .gold)").count() == (1 if sheet else 0)
        if sheet:
            box = page.locator(f".stage > {sheet}").bounding_box()
            stage = page.locator("#stage").bounding_box()
            assert (box["width"], box["height"]) == (stage["width"], stage["height"])
        since = page.evaluate("performance.now()")
        expect(moment).to_have_count(0, timeout=10_000)
        seconds.append(page.evaluate("performance.now()") - since)
    assert seconds[0] < 3_000 < min(seconds[1:])
    assert page.locator(".stage > :is(.light, .gold)").count() == 0


def test_small_gift_has_its_lane_alone_and_loads_nothing_more(open_page, live, vera):
    page = open_page(**DESKTOP)
    enter(page, live, vera)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(HAND_OVER, [["Aiko", "spotlight", "Spotlight", 999, ""]])
    page.wait_for_timeout(600)
    assert not [url for url in asked if "large" in url or "applause" in url]
    page.evaluate(HAND_OVER, [SKYLINE])
    expect(page.locator(".moment")).to_have_count(1)
    assert len([url for url in asked if "large" in url or "applause" in url]) == 2


def test_message_with_a_gift_is_on_the_stage_and_leaves_it_when_it_is_removed(open_page, live, vera, cleo):
    add_muted_word(cleo, "rude")
    page = open_page(**PHONE)
    enter(page, live, vera)
    choose(page, "encore")
    field = page.get_by_label("Message with Encore, for everybody here")
    field.fill("Rude words")
    field.press("Enter")
    expect(page.get_by_text("Cleo doesn’t show messages with “rude”. Nothing was debited")).to_be_visible()
    expect(field).to_have_value("Rude words")
    balance(page, 20_000)
    field.fill("For the encore")
    tile(page, "encore").click()
    balance(page, 19_900)
    expect(field).to_have_value("")
    page.keyboard.press("Escape")
    line = page.locator(".comment.paid")
    expect(line).to_contain_text("Encore For the encore")
    remove_comment(Comment.objects.get(), by=cleo.user)
    expect(line).to_have_count(0)


def test_large_gift_is_on_the_stage_after_one_whose_script_didnt_come(open_page, live, vera):
    page = open_page(**PHONE)
    page.route("**/js/large*", lambda route: route.abort(), times=1)
    enter(page, live, vera)
    with page.expect_event("requestfailed"):
        page.evaluate(HAND_OVER, [SKYLINE])

    page.evaluate(HAND_OVER, [SUPERNOVA])

    expect(page.locator(".moment strong")).to_have_text("Maximiliane von Hohenstein")


@pytest.mark.parametrize("is_first", [True, False], ids=["the first comment", "a later one"])
def test_message_is_in_the_moment_of_its_gift_until_it_is_removed(open_page, live, vera, cleo, is_first):
    if not is_first:
        write_comment(author=vera, session_id=live.pk, comment_id=uuid4(), text="Bravo")
    noor, page = make_user("Noor", coins=20_000), open_page(**PHONE)
    enter(page, live, vera)
    page.keyboard.press("Escape")
    stop_clock(page)
    said, line = page.locator(".moment q"), page.locator(".comment.paid")
    tap(noor, live, gift_slug="drama-queen", message="For the encore")
    # In steps, because the page polls, and its clock must not pass the moment while an answer is on its way.
    eventually(lambda: page.clock.run_for(500) or said.count() == 1)
    expect(said).to_have_text("For the encore")
    page.evaluate(ASK_FOR_BOARD)
    expect(line).to_have_count(1)
    expect(said).to_have_text("For the encore")

    remove_comment(Comment.objects.get(tap__isnull=False), by=cleo.user)
    page.evaluate(ASK_FOR_BOARD)

    expect(line).to_have_count(0)
    expect(said).to_have_text("")
    expect(page.locator(".moment strong")).to_have_text("Noor")


def test_goal_in_points_shows_the_points_beside_it_at_every_moment(open_page, cleo):
    live = start_session(creator=cleo, title="Friday strings", goal_kind="points", goal=5_000)
    page = open_page(**PHONE)
    page.goto(f"/live/{live.pk}/")

    after_rows, after_an_older_board, later = page.evaluate(GOAL_MEANWHILE, [4_955, 1_005_000])

    assert after_rows == "Goal · 4,955 of 5,000 points|4.9K/5K|4955|Goal: 4,955 of 5,000 points"
    assert after_an_older_board == after_rows
    assert later == "Goal · 1,005,000 of 5,000 points|1M/5K|5000|Goal: 1,005,000 of 5,000 points"


def test_reached_goal_says_so_once_and_the_studio_offers_the_next(open_page, cleo, axe):
    live = start_session(creator=cleo, title="Friday strings", goal_kind="points", goal=1_000)
    page, studio = open_page(**PHONE), open_page(**DESKTOP)
    page.goto(f"/live/{live.pk}/")
    sign_in(studio, cleo.user)
    studio.goto("/live/studio/")
    tap(make_user("Imani", coins=2_000), live, gift_slug="encore", quantity=11)
    moment = page.locator('.moment[data-rank="goal"]')
    expect(moment).to_contain_text("Goal reached1,000 points. Thank you.")
    expect(moment).to_have_count(0, timeout=10_000)
    tap(make_user("Noor", coins=2_000), live, gift_slug="encore")
    points(page, 1_200)
    expect(moment).to_have_count(0)
    offer = studio.get_by_role("button", name="Next goal: 2,000 points")
    expect(offer).to_be_visible(timeout=15_000)
    axe(studio)
    offer.click()
    expect(studio.locator("#goal-card")).to_contain_text("1,200 of 2,000")
    expect(page.locator("#goal")).to_contain_text("1,200 of 2,000 points")
