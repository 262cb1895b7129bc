"""Vera finds Cleo, follows her, hears of her live and lets her go, on a phone; every page put through axe."""

import pytest
from playwright.sync_api import expect

from live.creators.announcing import tell_followers
from live.creators.creators import become_creator
from live.sessions.sessions import start_session
from tests.e2e.visitors import sign_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_vera_finds_a_creator_follows_her_and_hears_of_her_live(phone, look):
    cleo = become_creator(
        user=make_user("Cleo", avatar="violin"), handle="cleo", name="Cleo Marín", next_live="Friday 20:00"
    )
    vera = make_user("Vera")
    sign_in(phone, vera)

    phone.goto("/live/")
    phone.get_by_role("searchbox", name="Creators and lives").fill("marin")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/search/?q=marin")
    look(phone)
    phone.get_by_role("link", name="Cleo Marín").click()
    expect(phone.get_by_text("Next: Friday 20:00")).to_be_visible()
    phone.get_by_role("button", name="Follow", exact=True).click()
    expect(phone.get_by_role("button", name="Unfollow")).to_be_visible()

    live = start_session(creator=cleo, title="Strings by request")
    tell_followers()
    phone.goto("/")
    expect(phone.get_by_role("navigation", name="Main").get_by_role("link", name="Notices, 1 new")).to_be_visible()
    followed = phone.get_by_role("region", name="You follow")
    expect(followed.get_by_role("link").nth(1)).to_contain_text("Strings by request")
    assert followed.bounding_box()["y"] < phone.get_by_role("region", name="Welcome").bounding_box()["y"]
    look(phone)

    phone.goto("/notices/")
    look(phone)
    phone.get_by_role("link", name="Cleo Marín went live: “Strings by request”").click()
    phone.wait_for_url(f"**/live/{live.pk}/")

    phone.goto("/me/mails/")
    phone.get_by_role("checkbox", name="When a creator you follow goes live").check()
    look(phone)
    phone.get_by_role("button", name="Save").click()
    expect(phone.get_by_role("checkbox", name="When a creator you follow goes live")).to_be_checked()

    phone.goto("/following/")
    look(phone)
    phone.get_by_role("button", name="Unfollow Cleo Marín").click()
    expect(phone.get_by_text("You follow nobody yet")).to_be_visible()
