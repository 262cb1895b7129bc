"""The creator's way through a live in a browser: start, watch gifts come in, end, thank."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from live.comments.comments import write_comment
from live.models import Comment
from live.sessions.sessions import end_session
from live.totals.thanks import thank
from payouts.diamonds import diamond_balance
from people.models import BrowserSession
from tests.e2e.rooms import DESKTOP, PHONE
from tests.e2e.visitors import log_in, sign_in
from tests.factories import PASSWORD, make_session, make_user, tap

TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=")\w+"')
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture
def vera(live_url):
    return make_user("Vera", coins=6_000)


@SIZES
def test_creator_starts_sees_gifts_ends_and_thanks(open_page, cleo, vera, size):
    page = open_page(**size)
    log_in(page, cleo.user, then="/live/studio/")
    page.get_by_label("Title").fill("Friday strings")
    page.get_by_role("button", name="Go live").click()
    expect(page.get_by_role("heading", name="Friday strings")).to_be_visible()
    expect(page.get_by_text("No gifts yet")).to_be_visible()

    session = cleo.sessions.get()
    tap(vera, session, gift_slug="drama-queen")
    expect(page.locator("#session-points")).to_have_attribute("value", "5000")
    expect(page.locator("#ending")).to_have_text("Ending turns 5,000 points into 5,000 diamonds ($25.00).")
    page.get_by_role("button", name="End the live").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="End it now")).to_be_hidden()
    assert cleo.sessions.get().ended_at is None

    page.get_by_role("button", name="End the live").click()
    page.get_by_role("button", name="End it now").click()

    expect(page.locator(".one-number .big")).to_have_text("$25.00")
    assert diamond_balance(cleo.user) == 5_000
    page.get_by_label("Your words").fill("Thank you, Vera.")
    page.locator("#gifters").get_by_role("button", name="Thank Vera").first.click()
    expect(page.get_by_text("1 person has your thanks.")).to_be_visible()
    assert vera.thanks_received.get().words == "Thank you, Vera."


def test_button_that_is_held_ends_the_live_at_once_and_a_short_press_asks(desktop, cleo, vera):
    session = make_session(cleo)
    tap(vera, session)
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/")
    button, sheet = desktop.get_by_role("button", name="End the live"), desktop.locator("#end")

    button.focus()
    desktop.keyboard.press("Enter")
    expect(sheet).to_be_visible()
    desktop.get_by_role("button", name="Go on").click()
    expect(sheet).to_be_hidden()
    assert cleo.sessions.get().is_live

    button.focus()
    desktop.keyboard.down(" ")
    desktop.wait_for_url(f"**/live/{session.pk}/summary/")
    assert diamond_balance(cleo.user) == 5


# Are there rows in sight, and is each whole within its list?
SEEN_ROWS_ARE_WHOLE = """(list) => {
  const { top, bottom } = list.getBoundingClientRect();
  const boxes = [...list.children].filter((row) => Number(getComputedStyle(row).opacity))
    .map((row) => row.getBoundingClientRect()).filter((box) => box.bottom > top && box.top < bottom);
  return boxes.length > 3 && boxes.every((box) => box.top >= top - 1 && box.bottom <= bottom + 1);
}"""
IN_VIEW = """names => names.every(name => {
    const { top, bottom } = document.querySelector(name).getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
})"""
PARTS = [
    "#live-title",
    "#end-button",
    "#session-points",
    "#goal-card",
    "#activity .panel",
    "#studio-comments",
    "#studio-say",
]


def test_all_that_is_live_is_in_view_and_feed_and_comments_scroll_by_themselves(desktop, cleo, vera):
    session = make_session(cleo)
    for number in range(20):
        tap(fan := make_user(f"Fan {number}", coins=100), session)
        write_comment(author=fan, session_id=session.pk, comment_id=uuid4(), text=f"Bravo {number}")
    desktop.set_viewport_size({"width": 1280, "height": 860})
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/")

    assert desktop.evaluate(IN_VIEW, PARTS)
    for rows in ("#activity .panel > .rows", "#moderation > .rows"):
        assert desktop.locator(rows).evaluate("list => list.scrollHeight > list.clientHeight + 100")
        assert desktop.locator(rows).evaluate(SEEN_ROWS_ARE_WHOLE)
    desktop.locator("#activity .panel > .rows").evaluate("list => { list.scrollTop = 100; }")
    first = desktop.locator("#activity .row").first.inner_text()
    tap(vera, session)
    expect(desktop.locator("#activity .row").first).not_to_have_text(first)
    assert desktop.locator("#activity .panel > .rows").evaluate("list => list.scrollTop") >= 100
    assert desktop.locator("#activity .panel > .rows").evaluate(SEEN_ROWS_ARE_WHOLE)


def test_picture_of_a_gift_stands_beside_its_amount_on_a_phone(phone, cleo, vera):
    tap(vera, make_session(cleo))
    sign_in(phone, cleo.user)
    phone.goto("/live/studio/")
    row = phone.locator("#activity .row").filter(has_text="Panda")

    picture, amount = (row.locator(part).bounding_box() for part in (":scope > img", ".much"))

    assert 0 < amount["x"] - picture["x"] - picture["width"] < 20


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
def test_phone_shows_one_part_at_a_time(open_page, cleo, with_script):
    make_session(cleo)
    page = open_page(**PHONE, java_script_enabled=with_script)
    log_in(page, cleo.user, then="/live/studio/")
    parts = {"Feed": "#activity", "Comments": "#studio-comments", "Live": ".booth"}

    for chosen in ("Feed", "Comments", "Live"):
        page.get_by_role("radio", name=chosen).check()
        for name, part in parts.items():
            expect(page.locator(part)).to_be_visible(visible=name == chosen)


def test_what_the_audience_will_see_follows_what_is_typed(desktop, cleo):
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/")
    preview, words = desktop.locator("#preview"), desktop.locator("#preview-words")
    expect(preview).to_contain_text("Your title")
    desktop.get_by_label("Title").fill("Friday strings")
    desktop.get_by_label("Goal").select_option("Different gifters")
    desktop.get_by_label("How many").fill("40")
    expect(preview).to_contain_text("Friday strings")
    expect(preview).to_contain_text("Goal · 0 of 40 different gifters")
    expect(words).to_have_text("People see your title and can send gifts.")
    expect(desktop.locator("#preview-tray")).to_be_visible()

    desktop.get_by_label("Address of your video (HLS)").fill("https://video.example.com/friday.m3u8")
    desktop.get_by_label("Closed").check()
    said = "People see your title. The gift tray is closed. Your video takes the place of the picture."
    expect(words).to_have_text(said)
    for part in ("#preview-tray", "#preview-goal"):
        expect(desktop.locator(part)).to_be_hidden()


def test_being_at_the_studio_is_posted_and_brings_who_gave_also_after_a_log_in_in_another_tab(desktop, cleo, vera):
    session = make_session(cleo)
    seen_at_first = session.creator_seen_at
    sign_in(desktop, cleo.user)
    # The log-in brings a new token; the page still has the one that it was made with.
    desktop.route(
        "**/live/studio/",
        lambda route: route.fulfill(response=(page := route.fetch()), body=TOKEN.sub(f'\\1{"x" * 64}"', page.text())),
        times=1,
    )
    with desktop.expect_response(lambda response: response.url.endswith("/here/")) as refused:
        desktop.goto("/live/studio/")
    assert refused.value.status == 403
    # The cookie is HttpOnly, so the script fetches the page again and takes its token.
    with desktop.expect_response(lambda response: response.url.endswith("/here/")) as said:
        pass
    assert said.value.status == 200
    session.refresh_from_db()
    assert session.creator_seen_at > seen_at_first
    expect(desktop.locator("#pulse")).to_contain_text("Top gifters")


def test_live_that_ended_elsewhere_leads_to_its_summary(desktop, cleo):
    session = make_session(cleo)
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/")
    end_session(session, by="worker")

    desktop.wait_for_url(f"**/live/{session.id}/summary/")


def test_studio_whose_session_has_expired_leads_to_the_log_in_and_from_there_back(desktop, cleo):
    make_session(cleo)
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/")
    BrowserSession.objects.all().delete()
    desktop.get_by_label("E-mail address").fill(cleo.user.email)
    desktop.get_by_label("Password").fill(PASSWORD)
    desktop.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    expect(desktop.get_by_role("button", name="End the live")).to_be_visible()


@pytest.mark.parametrize(("address", "field"), [("/live/studio/", "Your comment"), ("/live/{}/", "Comment")])
def test_comment_sent_with_a_session_that_has_expired_is_in_its_field_after_the_log_in(desktop, cleo, address, field):
    address = address.format(make_session(cleo).pk)
    sign_in(desktop, cleo.user)
    desktop.goto(address)
    desktop.get_by_role("textbox", name=field, exact=True).fill("Welcome, all")
    BrowserSession.objects.all().delete()
    desktop.keyboard.press("Enter")
    desktop.get_by_label("E-mail address").fill(cleo.user.email)
    desktop.get_by_label("Password").fill(PASSWORD)
    desktop.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()

    expect(desktop).to_have_url(re.compile(f"{address}$"))
    expect(desktop.get_by_role("textbox", name=field, exact=True)).to_have_value("Welcome, all")
    expect(desktop.get_by_text("your comment wasn’t sent")).to_be_visible()
    assert not Comment.objects.exists()


def test_without_javascript_a_live_starts_goes_on_and_ends(open_page, cleo, vera):
    page = open_page(**PHONE, java_script_enabled=False)
    log_in(page, cleo.user, then="/live/studio/")
    page.get_by_label("Title").fill("Friday strings")
    page.get_by_role("button", name="Go live").click()
    session = cleo.sessions.get()
    tap(vera, session)
    expect(page.get_by_text("the live ends by itself at")).to_be_visible()
    page.get_by_role("button", name="I’m still here").click()
    expect(page.locator("#session-points")).to_have_attribute("value", "5")
    page.get_by_role("button", name="End the live").click()
    page.get_by_role("button", name="End it now").click()
    page.get_by_role("button", name="Thank Vera").first.click()

    expect(page.get_by_text("1 person has your thanks.")).to_be_visible()


def test_follow_changes_in_place(phone, cleo, vera):
    sign_in(phone, vera)
    phone.goto(f"/@{cleo.handle}/")
    phone.get_by_role("button", name="Follow", exact=True).click()
    expect(phone.get_by_role("button", name="Unfollow")).to_be_visible()
    assert cleo.followers.count() == 1_001


def test_pages_around_the_room_are_accessible(desktop, cleo, vera, look):
    ended = make_session(cleo)
    tap(vera, ended)
    end_session(ended, by="creator")
    ended.refresh_from_db()
    thank(ended, [vera], "Thank you, Vera.")

    def visit(*paths):
        for path in paths:
            desktop.goto(path)
            look(desktop)

    visit("/", "/live/", f"/@{cleo.handle}/")
    sign_in(desktop, vera)
    visit("/live/studio/", f"/live/{ended.id}/thanks/")
    sign_in(desktop, cleo.user)
    visit("/live/studio/", "/live/studio/profile/", f"/live/{ended.id}/summary/", f"/live/{ended.id}/thanks/")
    tap(vera, make_session(cleo))
    visit("/live/studio/", "/", "/live/", f"/@{cleo.handle}/")
