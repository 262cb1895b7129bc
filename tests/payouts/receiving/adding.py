"""Adding an account by the page, after signing in by the page."""

from tests.factories import PASSWORD

PAGE = "/payouts/accounts/"
GOOD = {"provider": "paypal", "country": "PT", "receiver": "cleo@example.com"}


def sign_in(client, user):
    """Sign in by the log-in page: adding and removing need a recent sign-in."""
    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302


def add(client, **fields):
    return client.post(PAGE, {**GOOD, **fields})
