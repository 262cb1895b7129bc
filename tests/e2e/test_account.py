"""Signing up, logging in with a passkey, and the account pages: by keyboard and eye, in both colour schemes."""

import re
import zipfile

import pytest
from django.core import mail
from playwright.sync_api import expect

from people.notices import notify
from tests.e2e.rooms import eventually
from tests.e2e.visitors import log_in, sign_in
from tests.factories import PASSWORD, make_user

WITHOUT_LOGIN = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/not-here/"]
WITH_LOGIN = [
    "/me/",
    "/me/edit/",
    "/me/data/",
    "/notices/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
]


def test_account_pages_without_login_break_no_accessibility_rule(desktop, look):
    for path in WITHOUT_LOGIN:
        desktop.goto(path)
        look(desktop)


def test_account_pages_break_no_accessibility_rule(desktop, look):
    vera = make_user("Vera")
    notify(vera, "Cleo thanks you for Drama Queen.", "/live/")
    log_in(desktop, vera)
    for path in WITH_LOGIN:
        desktop.goto(path)
        look(desktop)


def test_somebody_signs_up_and_is_let_in_by_the_code(phone):
    phone.goto("/accounts/signup/")
    phone.get_by_label("Name").fill("Imani")
    phone.get_by_label("E-mail address").fill("imani@example.com")
    phone.get_by_label("Password", exact=True).fill("a curtain falls")
    phone.get_by_label("The password once more").fill("a curtain falls")
    phone.get_by_role("main").get_by_role("button", name="Sign up").click()
    phone.wait_for_url("**/confirm-email/")
    code = re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", mail.outbox[-1].body, re.MULTILINE)[0]
    phone.get_by_label("Code").fill(code)
    phone.get_by_role("button", name="Confirm").click()
    phone.get_by_role("navigation", name="Main").get_by_role("link", name="Profile").click()

    expect(phone.get_by_role("link", name="E-mail address imani@example.com")).to_be_visible()


@pytest.fixture
def remembering(browser_type, browser_type_launch_args, live_url):
    """A page in a browser with the back/forward cache, which Playwright turns off."""
    browser = browser_type.launch(**browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"])
    yield browser.new_page(base_url=live_url)
    browser.close()


@pytest.mark.parametrize("path", ["/wallet/", "/live/{live}/"])
def test_back_after_log_out_shows_nothing_of_whoever_was_there(remembering, live, path):
    vera, page = make_user("Vera", coins=12_345), remembering
    sign_in(page, vera)
    page.goto(path.format(live=live.pk))
    assert "12,345" in page.content()

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    page.wait_for_url("**/")
    page.evaluate("history.go(-2)")
    page.wait_for_url(re.compile("/login/|" + path.format(live=live.pk)), wait_until="commit")
    page.get_by_role("main").wait_for()

    assert "12,345" not in page.content()
    assert vera.email not in page.content()


def test_a_passkey_logs_in_without_a_password(desktop):
    add_authenticator(desktop)
    log_in(desktop, make_user("Cleo"), then="/accounts/2fa/")
    desktop.goto("/accounts/2fa/webauthn/add/")
    desktop.get_by_label("Password").fill(PASSWORD)
    desktop.get_by_role("button", name="Continue").click()
    desktop.get_by_label("Name").fill("My phone")
    desktop.get_by_label("Log in with it alone, without the password").check()
    desktop.get_by_role("button", name="Add the passkey").click()
    desktop.get_by_text("The passkey is added.").wait_for()

    desktop.goto("/me/")
    desktop.get_by_role("main").get_by_role("button", name="Log out").click()
    desktop.goto("/accounts/login/?next=/me/")
    desktop.get_by_role("button", name="Log in with a passkey").click()
    desktop.get_by_role("heading", name="Cleo").wait_for()
    assert desktop.url.endswith("/me/")


def add_authenticator(page):
    """Add a virtual authenticator to the browser that confirms by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal"}
    abilities = ["hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation"]
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options | dict.fromkeys(abilities, True)})


def test_three_dots_lead_to_balance_by_keyboard(desktop):
    sign_in(desktop, make_user("Vera"))
    desktop.goto("/me/")
    dots = desktop.get_by_label("More: balance, notices, your account")
    dots.focus()
    desktop.keyboard.press("Enter")
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.textContent.trim()") == "Balance"
    desktop.keyboard.press("Escape")
    assert dots.evaluate("summary => !summary.parentElement.open && summary === document.activeElement")


def test_the_readers_time_zone_is_told_to_the_server(open_page):
    page = open_page(1280, 860, timezone_id="Europe/Lisbon")
    page.goto("/accounts/login/")
    # The script asks the browser for its zone once the page is idle.
    eventually(lambda: page.evaluate("document.cookie.includes('tz=')"))

    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}

    assert cookies["tz"] == "Europe/Lisbon"
    assert cookies["tz_minutes"] in {"0", "60"}


def test_log_in_and_profile_work_without_javascript(open_page):
    page = open_page(390, 844, java_script_enabled=False)
    vera = make_user("Vera")
    notify(vera, "Cleo thanks you for Drama Queen.")
    log_in(page, vera, then="/notices/")
    expect(page.get_by_text("New", exact=True)).to_have_count(1)
    page.goto("/notices/")
    expect(page.get_by_text("New", exact=True)).to_have_count(0)
    page.goto("/me/")
    page.get_by_role("link", name="Your data").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Tables (CSV)").click()
    assert download.value.suggested_filename == "ovation-own-data.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert "Cleo thanks you for Drama Queen." in archive.read("notices.csv").decode()
