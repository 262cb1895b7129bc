"""Two givers, Vera with 10,000 coins and Imani with 1,000, and an ended live of Cleo's."""

import pytest

from live.sessions.sessions import end_session
from tests.factories import make_session, make_user, tap


@pytest.fixture
def vera():
    return make_user("Vera", coins=10_000)


@pytest.fixture
def imani():
    return make_user("Imani", coins=1_000)


@pytest.fixture
def ended(client, vera, imani):
    """An ended live of Cleo's with 5,100 points; Cleo is logged in."""
    session = make_session()
    tap(vera, session, gift_slug="drama-queen")
    tap(imani, session, gift_slug="panda", quantity=20)
    end_session(session, by="creator")
    session.refresh_from_db()
    client.force_login(session.creator.user)
    return session
