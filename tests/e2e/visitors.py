"""Log in a browser: by the form where a test is about it, else by a session cookie."""

from django.conf import settings
from django.test import Client

from tests.factories import PASSWORD
from tests.payouts.signing_in import sign_in_recently


def log_in(page, user, then="/me/"):
    page.goto(f"/accounts/login/?next={then}")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: url.endswith(then) and "/login/" not in url)


def stop_clock(page):
    """From now on, set a minute ahead, time passes in the page only by page.clock.run_for(), until resume()."""
    now = page.evaluate("Date.now()") / 1000
    page.clock.install(time=now)
    page.clock.pause_at(now + 60)


def sign_in(page, user, *, ago=None):
    """Set the session cookie of a user who logged in `ago` seconds ago; None: long ago."""
    client = Client()
    if ago is None:
        client.force_login(user)
    else:
        sign_in_recently(client, user, ago=ago)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}])


def sign_out(page):
    """Delete the cookie, as its expiry does."""
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
