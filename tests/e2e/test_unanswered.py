"""The page's message when a pressed button gets no answer."""

import pytest
from playwright.sync_api import expect

from live.models import Follow
from tests.e2e.rooms import PHONE
from tests.e2e.visitors import sign_in


@pytest.fixture
def phone(new_context, live_url):
    """A page whose console may have errors: htmx logs each of its own."""
    size = {"width": PHONE["width"], "height": PHONE["height"]}
    return new_context(base_url=live_url, viewport=size, has_touch=True, is_mobile=True).new_page()


def test_press_without_an_answer_says_so_until_the_next_one_is_answered(phone, cleo, vera, look):
    sign_in(phone, vera)
    phone.goto(f"/@{cleo.handle}/")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Follow", exact=True).click()
    expect(phone.get_by_role("alert")).to_contain_text("No answer yet. Try it again in a moment")
    look(phone)
    phone.context.set_offline(False)

    phone.get_by_role("button", name="Follow", exact=True).click()
    expect(phone.get_by_role("button", name="Unfollow")).to_be_visible()
    expect(phone.get_by_role("alert")).to_have_count(0)
    assert Follow.objects.filter(follower=vera).count() == 1


def test_press_on_a_page_that_is_out_of_date_offers_to_load_it_again(phone, cleo, vera):
    sign_in(phone, vera)
    phone.goto(f"/@{cleo.handle}/")
    phone.context.clear_cookies(name="csrftoken")
    phone.get_by_role("button", name="Follow", exact=True).click()
    expect(phone.get_by_role("alert")).to_contain_text("This page is out of date, and nothing was changed.")
    assert not Follow.objects.filter(follower=vera).exists()

    phone.get_by_role("button", name="Load it again").click()
    expect(phone.get_by_role("alert")).to_have_count(0)
    phone.get_by_role("button", name="Follow", exact=True).click()
    expect(phone.get_by_role("button", name="Unfollow")).to_be_visible()


def test_buttons_of_a_page_that_says_it_was_open_too_long_stand_under_its_words(new_context, live_url, cleo, vera):
    page = new_context(base_url=live_url, viewport={"width": 390, "height": 844}, java_script_enabled=False).new_page()
    sign_in(page, vera)
    page.goto(f"/@{cleo.handle}/")
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("link", name="Go to the start")).to_be_visible()
    page.wait_for_load_state()
    for name in ("Load the page again", "Go to the start"):
        box = page.get_by_role("link", name=name).bounding_box()
        assert box["x"] + box["width"] / 2 == pytest.approx(195, abs=1)
