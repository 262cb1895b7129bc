"""Otto gives the site a brand of its own, sees it before it is saved, and reads it where everybody does."""

from playwright.sync_api import expect

from people.models import Brand
from tests.e2e.visitors import sign_in
from tests.operator import make_operator

CORAL, BLUE = "rgb(217, 58, 38)", "rgb(11, 107, 203)"


def colour_of(page, selector):
    return page.locator(selector).first.evaluate("one => getComputedStyle(one).backgroundColor")


def test_otto_sees_the_accent_before_everybody_does(desktop, look):
    page = desktop
    sign_in(page, make_operator())
    page.goto("/admin/people/brand/")
    assert colour_of(page, ".look.day .look-button") == CORAL

    page.get_by_label("Name:").fill("Applause")
    page.get_by_label("Accent by day:").fill("#f0c000")
    page.locator("#id_reason").fill("Our own")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The nearest colour that passes is #907300.")).to_be_visible()

    page.get_by_label("Accent by day:").fill("#0b6bcb")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This page shows the accent now")).to_be_visible()
    assert colour_of(page, ".look.day .look-button") == BLUE
    assert Brand.objects.get().accent_day == ""
    # Django's forms.css imports another file, which axe would preload into an inline style.
    look(page, preload=False)

    page.get_by_label("Yes: the page looks as it should").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#site-name")).to_contain_text("Applause")
    page.goto("/economy/changes/")
    expect(page).to_have_title("Changes · Applause")
    look(page)
    page.goto("/admin/people/operatoraction/")
    expect(page.locator(".changes").first).to_contain_text("Name: Ovation → Applause")
    look(page)
