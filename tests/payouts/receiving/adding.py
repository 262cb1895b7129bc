"""Adding an account by the page, after signing in by the page."""

from tests.factories import PASSWORD

PAGE = "/payouts/accounts/"
GOOD = {"provider": "paypal", "country": "PT", "receiver": "cleo@example.com"}


def sign_in(client, user):
    """Through the front door: a recent sign-in is what adding and removing ask for."""
    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302


def add(client, **fields):
    return client.post(PAGE, {**GOOD, **fields})
