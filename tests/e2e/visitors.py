"""How somebody comes in: by hand where logging in is part of the story, else by the cookie it would have left."""

from django.conf import settings
from django.test import Client

from tests.factories import PASSWORD


def log_in(page, user, then="/me/"):
    page.goto(f"/accounts/login/?next={then}")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: url.endswith(then) and "/login/" not in url)


def sign_in(page, user):
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}])
