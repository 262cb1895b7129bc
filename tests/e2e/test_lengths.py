"""A browser stops typing where the server does, in its own count."""

from playwright.sync_api import expect

from tests.e2e.rooms import enter
from tests.e2e.visitors import sign_in


def type_too_much(page, field, text):
    """Type a text as a keyboard does, which `maxlength` stops; return how long the field says it is."""
    field.fill("")
    field.focus()
    page.keyboard.insert_text(text)
    return field.evaluate("(field) => field.value.length")


def test_whole_comment_of_emoji_is_sent(desktop, live, vera):
    enter(desktop, live, vera)

    assert type_too_much(desktop, desktop.locator("#say-text"), "😀" * 150) == 200

    desktop.keyboard.press("Enter")
    expect(desktop.locator("#comments")).to_contain_text("😀" * 100)


def test_whole_bio_of_lines_is_saved(desktop, cleo):
    sign_in(desktop, cleo.user)
    desktop.goto("/live/studio/profile/")

    assert type_too_much(desktop, desktop.get_by_label("About you"), "a\n" * 150) == 200

    desktop.get_by_role("main").get_by_role("button", name="Save").click()
    expect(desktop.get_by_role("status")).to_contain_text("Your page is saved.")
    cleo.refresh_from_db()
    assert cleo.bio == ("a " * 100).strip()
