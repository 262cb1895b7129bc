"""The room at every height: controls are in sight and not covered, lanes are whole, with long names and words."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from live.comments.comments import write_comment
from live.models import Creator, LiveSession
from tests.e2e.rooms import balance, choose, eventually, tile
from tests.e2e.visitors import sign_in
from tests.factories import make_user, tap

# Phones upright and on their side; 640 × 430 is a desktop window at 200 %.
SIZES = [(844, 390), (640, 430), (320, 568), (360, 640), (375, 667)]
LONG_NAME = "Anna-Maria van der Westhuizens"

# Return why an element can't be pressed: it is outside the window, or another element lies over its middle.
TROUBLE = """(one) => {
  const box = one.getBoundingClientRect();
  if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth)
    return `outside: ${JSON.stringify(box)}`;
  const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return one.contains(over) ? "" : `under ${over?.outerHTML.slice(0, 90)}`;
}"""
# Count the lanes that are whole, between what is above and below them.
WHOLE_LANES = """() => {
  const list = document.getElementById("lanes").getBoundingClientRect();
  const top = document.querySelector(".above").getBoundingClientRect().bottom;
  const bottom = Math.min(innerHeight, list.bottom);
  const boxes = [...document.querySelectorAll("#lanes .lane")].map((lane) => lane.getBoundingClientRect());
  return boxes.filter((box) => box.height && box.top >= Math.max(top, list.top) - 1 && box.bottom <= bottom + 1).length;
}"""
# Measured at one moment: a line of news that comes between two measurements would move what is below it.
BOXES = "(all) => all.map((one) => document.querySelector(one).getBoundingClientRect().toJSON())"
LINES = "(one) => Math.round(one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight))"
# Where the line of title, goal and points has its parts: their middles.
MIDDLES = """() => [...document.querySelectorAll("#live-title, #goal progress, #session-points")].map((one) => {
  const box = one.getBoundingClientRect();
  return box.top + box.height / 2;
})"""


@pytest.fixture
def busy(live):
    """A live with a goal, a creator of 30 letters, four lanes and eight comments."""
    Creator.objects.update(name=LONG_NAME)
    LiveSession.objects.update(title="Strings by request, and slow ones after nine", goal_kind="points", goal=20_000)
    for number, gift in enumerate(("spark", "panda", "clover", "encore")):
        fan = make_user(f"Fan {number}", email=f"fan{number}@example.com", coins=200)
        tap(fan, live, gift_slug=gift)
        for text in ("Can you see us?", "Slower, please. It is too beautiful to end"):
            write_comment(author=fan, session_id=live.pk, comment_id=uuid4(), text=text)
    return live


def open_room(open_page, live, user, size):
    page = open_page(*size, has_touch=True, is_mobile=True)
    sign_in(page, user)
    page.goto(f"/live/{live.pk}/")
    expect(page.locator("#lanes .lane")).to_have_count(4)
    return page


def troubles(page, *selectors):
    return {selector: said for selector in selectors if (said := page.locator(selector).evaluate(TROUBLE))}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
def test_gift_and_comment_are_reachable_and_three_lanes_are_whole(open_page, busy, vera, axe, size):
    page = open_room(open_page, busy, vera, size)

    assert troubles(page, ".gift-button", "#say-text", ".share-button", ".glass.leave") == {}
    assert page.evaluate(WHOLE_LANES) >= 3
    title, goal, points = page.evaluate(MIDDLES)
    assert abs(title - points) < 4 and abs(goal - points) < 4
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    axe(page)

    page.locator(".gift-button").click()
    choose(page, "panda")
    assert troubles(page, '.offer[data-gift="panda"] .combo', '.offer[data-gift="panda"] summary') == {}
    assert page.evaluate(WHOLE_LANES) >= 1
    axe(page)


def test_comments_stand_at_the_right_of_a_phone_on_its_side(open_page, busy, vera):
    page = open_room(open_page, busy, vera, (844, 390))

    comments, lanes, bar = page.evaluate(BOXES, [".talk", "#lanes", ".below"])
    assert 0.36 < comments["width"] / 844 < 0.42
    assert comments["left"] >= lanes["right"]
    assert bar["top"] >= lanes["bottom"]
    assert bar["top"] >= comments["bottom"]


def test_long_name_of_a_creator_is_read_on_two_lines(open_page, busy, vera):
    page = open_room(open_page, busy, vera, (375, 667))

    # The number of viewers comes with the board, and takes its room from the name.
    expect(page.locator(".viewers")).to_be_visible()
    name = page.locator(".star .who strong")
    assert name.evaluate(LINES) == 2
    assert name.evaluate("(one) => one.scrollHeight <= one.clientHeight + 1")


def test_no_name_of_a_gift_breaks_within_a_word_on_the_narrowest_phone(open_page, busy, vera):
    page = open_room(open_page, busy, vera, (320, 568))
    page.locator(".gift-button").click()

    for name in page.locator(".gift > strong").all():
        words = name.text_content().split()
        assert name.evaluate(LINES) <= len(words), words


def test_open_tray_keeps_the_focus(open_page, live, vera):
    page = open_page(390, 844, has_touch=True, is_mobile=True)
    sign_in(page, vera)
    page.goto(f"/live/{live.pk}/")
    page.locator(".gift-button").focus()
    page.keyboard.press("Enter")
    is_inside = "document.activeElement.closest('#tray') !== null"
    # The browser says that the tray is open a frame after it is; the script moves the focus then.
    eventually(lambda: page.evaluate(is_inside))

    page.keyboard.press("Shift+Tab")
    assert page.evaluate(is_inside)
    for key in ["Tab"] * 30 + ["Shift+Tab"] * 30:
        page.keyboard.press(key)
        assert page.evaluate(is_inside), key
    page.keyboard.press("Escape")
    expect(page.locator(".gift-button")).to_be_focused()


def test_while_gifts_are_tapped_where_they_go_is_one_press_away(open_page, live, vera):
    page = open_page(390, 844, has_touch=True, is_mobile=True)
    sign_in(page, vera)
    page.goto(f"/live/{live.pk}/")
    page.locator(".gift-button").click()
    choose(page, "panda")
    offer = page.locator('.offer[data-gift="panda"]')
    goes, where = offer.locator(".goes"), offer.get_by_role("button", name="Where it goes")
    expect(goes).to_have_text("Cleo gets $0.025, Ovation keeps $0.025")
    expect(where).to_be_hidden()

    tile(page, "panda").click()
    tile(page, "panda").click()
    expect(goes).to_be_hidden()
    where.click()
    expect(goes).to_have_text("Cleo gets $0.05, Ovation keeps $0.05")
    expect(goes).to_be_focused()
    balance(page, 19_990)

    expect(offer.locator(".combo")).to_have_text("Send")
    expect(goes).to_have_text("Cleo gets $0.025, Ovation keeps $0.025")
