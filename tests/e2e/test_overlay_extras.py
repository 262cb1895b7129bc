"""Additions of a creator to alerts: variants from a value on, messages read aloud, and widgets of their own."""

import re

from playwright.sync_api import expect

from live.comments.comments import remove_comment
from live.models import Comment
from live.overlay.overlays import make_overlay, renew_token
from live.overlay.variants import save_variant
from live.sessions.sessions import start_session
from tests.e2e.overlays import HAND_OVER, line
from tests.factories import make_session, tap

# In place of the browser's voice, which needs a sound card.
RECORD_VOICE = """() => {
  window.spoken = [];
  window.hushed = 0;
  speechSynthesis.speak = (voice) => spoken.push(voice.text);
  speechSynthesis.cancel = () => { hushed += 1; };
}"""


def test_variant_of_a_value_has_words_and_time_of_its_own(obs, cleo):
    save_variant(cleo, from_coins=100, text="Encore for {name}", seconds=2, sound="none")
    save_variant(cleo, from_coins=10_000, text="{name} stops the show", seconds=10, sound="none")
    page = obs(clock=True, seconds=4)
    for gift, words, seconds in (
        (["Vera", "Panda", 1, 5], "Vera sent Panda", 4),
        (["Noor", "Encore", 1, 100], "Encore for Noor", 2),
        (["Sol", "Supernova", 1, 10_000], "Sol stops the show", 10),
    ):
        page.evaluate(HAND_OVER, [gift])
        expect(line(page)).to_have_text(re.compile(words))
        page.clock.run_for(seconds * 1000 - 100)
        expect(line(page)).to_have_count(1)
        page.clock.run_for(600)
        expect(line(page)).to_have_count(0)


def test_message_is_shown_and_read_aloud_until_it_is_removed(obs, cleo, vera):
    live = make_session(cleo)
    page = obs(seconds=30, reads_aloud=True)
    page.evaluate(RECORD_VOICE)
    tap(vera, live, gift_slug="encore", message="For the encore")
    says = page.locator("#overlay .says")
    expect(says).to_have_text("For the encore")
    assert page.evaluate("window.spoken") == ["Vera: For the encore"]
    remove_comment(Comment.objects.get(), by=cleo.user)
    expect(says).to_have_text("", timeout=10_000)
    assert page.evaluate("window.hushed") == 1
    expect(line(page)).to_have_text("Vera sent Encore ")


def test_message_is_not_read_unless_the_creator_wants_it(obs, cleo, vera):
    live = make_session(cleo)
    page = obs(seconds=30)
    page.evaluate(RECORD_VOICE)
    tap(vera, live, gift_slug="encore", message="For the encore")
    expect(page.locator("#overlay .says")).to_have_text("For the encore")
    assert page.evaluate("window.spoken") == []


def test_widgets_follow_the_live_and_are_blank_without_one(open_page, cleo, vera):
    overlay = make_overlay(cleo)
    pages = {name: open_page(width=420, height=500) for name in ("goal", "gifters", "latest")}
    for name, page in pages.items():
        page.goto(f"/live/overlay/{overlay.token}/{name}/")
        expect(page.locator("#widget")).to_have_text("")
    live = start_session(creator=cleo, title="Friday strings", goal_kind="points", goal=1_000)
    tap(vera, live, gift_slug="encore")
    told = {"goal": "Goal 100 of 1,000 points", "gifters": "Who gave most 1 Vera 100", "latest": "Last gifts Vera"}
    for name, page in pages.items():
        expect(page.locator("#widget")).to_have_text(told[name], timeout=15_000)
        assert not page.context.cookies()
    tap(vera, live, gift_slug="encore", quantity=9)
    expect(pages["goal"].locator("h1")).to_have_text("Goal reached", timeout=15_000)
    renew_token(cleo)
    expect(pages["latest"].locator("#widget")).to_have_text("", timeout=15_000)
