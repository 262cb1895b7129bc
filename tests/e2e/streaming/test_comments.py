"""Comments in browsers, through the real server: written, shown to others, removed by the creator."""

import re
import time

import pytest
from playwright.sync_api import expect

from live.comments.comments import remove_comment
from live.models import Comment
from tests.e2e.rooms import DESKTOP, PHONE
from tests.e2e.visitors import sign_in
from tests.factories import make_user

pytestmark = pytest.mark.alone

# As static/js/comments.js has it.
OWN_SECONDS = 3
MARKUP = "<img src=x onerror=alert(1)> & <b>bold</b>"


def enter(page, live, user=None):
    if user:
        sign_in(page, user)
    with page.expect_response("**/events/*"):
        page.goto(f"/live/{live.pk}/")


def field(page):
    return page.get_by_role("textbox", name="Comment")


def send(page, text):
    field(page).fill(text)
    page.get_by_role("button", name="Send the comment").click()


def lines(page):
    return page.locator("#comments .comment")


@pytest.fixture
def soon():
    """`soon(page, texts)` waits until these comments are there: within two seconds, for the board is looked at once a
    second."""

    def wait(page, texts, *, seconds=2):
        began = time.monotonic()
        expect(lines(page)).to_have_text(texts)
        took = time.monotonic() - began
        assert took < seconds, f"{texts} took {took:.2f} s"

    return wait


def test_viewer_writes_others_see_it_and_the_creator_removes_it_and_mutes_them(open_page, live, axe, soon):
    viewer, other, studio = open_page(**PHONE), open_page(**DESKTOP), open_page(**DESKTOP)
    sign_in(studio, live.creator.user)
    studio.goto("/live/studio/")
    enter(viewer, live, make_user("Vera"))
    enter(other, live)

    send(viewer, MARKUP)
    expect(lines(viewer)).to_have_text([f"Vera {MARKUP}"])
    expect(field(viewer)).to_have_value("")
    soon(other, [f"Vera {MARKUP}"])
    expect(other.locator("#comments-said")).to_contain_text("Vera <img")
    expect(viewer.locator("#comments-said")).to_be_empty()
    assert viewer.locator("#comments img[src=x]").count() == 0
    field(viewer).fill("Encore")
    field(viewer).press("Enter")
    expect(lines(viewer)).to_have_count(2)
    axe(viewer)

    panel = studio.locator("#studio-comments")
    panel.get_by_role("button", name=re.compile("Remove the comment of Vera: <img")).click()
    expect(panel).to_contain_text("Vera’s comment is removed.")
    for page in (viewer, other):
        soon(page, ["Vera Encore"])

    panel.get_by_role("button", name="Mute Vera, who wrote: Encore").click()
    expect(panel).to_contain_text("Vera is muted until this live ends.")
    axe(studio)
    for page in (viewer, other):
        soon(page, [])
    send(viewer, "And now?")
    expect(viewer.get_by_role("alert")).to_contain_text("Cleo has muted you until this live ends.")
    expect(field(viewer)).to_have_value("And now?")

    panel.get_by_role("button", name="Unmute Vera").click()
    soon(other, ["Vera Encore"])
    # The board hasn't shown the comment to its author yet: the page keeps it for three seconds, in which
    # the board may be older than it.
    send(viewer, "Oops")
    panel.get_by_role("button", name="Remove the comment of Vera: Oops").click()
    soon(other, ["Vera Encore"])
    soon(viewer, ["Vera Encore"], seconds=OWN_SECONDS + 2)
    answer = panel.get_by_role("textbox", name="Your comment")
    answer.fill("Gladly")
    answer.press("Enter")
    expect(panel.get_by_role("list", name="Comments, newest first")).to_contain_text("Gladly")
    expect(answer).to_be_focused()
    expect(answer).to_have_value("")
    soon(other, ["Vera Encore", "Cleo creator Gladly"])


def test_comment_that_came_and_went_between_two_looks_at_the_board_goes_from_its_authors_page_too(
    open_page, live, soon
):
    page = open_page(**PHONE)
    enter(page, live, make_user("Vera"))
    # The page has received the board without the comment.
    expect(page.locator("#viewers")).to_contain_text("1")

    def remove_before_it_is_answered(route):
        answer = route.fetch()
        remove_comment(Comment.objects.get(), by=live.creator.user)
        route.fulfill(response=answer)

    page.route("**/comment/", remove_before_it_is_answered)
    send(page, "Oops")
    expect(lines(page)).to_have_text(["Vera Oops"])
    soon(page, [], seconds=OWN_SECONDS + 2)


def test_comment_whose_reply_was_lost_is_sent_again_with_its_id_and_shown_once(open_page, live, soon):
    page, other = open_page(**PHONE), open_page(**DESKTOP)
    enter(page, live, make_user("Vera"))
    enter(other, live)
    sent = []

    def lose_the_first_reply(route):
        sent.append(route.request.post_data)
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/comment/", lose_the_first_reply)
    send(page, "Bravo")
    expect(page.get_by_role("alert")).to_contain_text("No answer yet. Your comment is kept")
    expect(field(page)).to_have_value("Bravo")
    with page.expect_response("**/comment/") as answer:
        field(page).press("Enter")
    assert answer.value.headers["idempotency-replayed"] == "true"
    expect(field(page)).to_have_value("")
    expect(page.get_by_role("alert")).to_be_hidden()
    assert sent[0] == sent[1]
    for one in (page, other):
        soon(one, ["Vera Bravo"])
    send(page, "Encore")
    soon(other, ["Vera Bravo", "Vera Encore"])
    assert Comment.objects.count() == 2

    page.get_by_role("button", name="Send a gift", exact=True).click()
    expect(field(page)).to_be_hidden()
    expect(lines(page).first).to_be_hidden()
    page.keyboard.press("Escape")
    expect(field(page)).to_be_visible()
