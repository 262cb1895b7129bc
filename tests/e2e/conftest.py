"""Fixtures of the browsers' tests: Cleo, her live, and Vera with 20,000 coins.

They come with `live_url`, so that a directory which overrides it has them on the server that it opens pages on.
"""

import pytest

from live.overlay.overlays import save_settings
from tests.e2e.overlays import LISTEN, OBS
from tests.e2e.visitors import stop_clock
from tests.factories import make_creator, make_session, make_user


@pytest.fixture
def cleo(live_url):
    return make_creator("Cleo", followers=1_000)


@pytest.fixture
def live(cleo):
    return make_session(cleo)


@pytest.fixture
def vera(live_url):
    return make_user("Vera", coins=20_000)


@pytest.fixture
def obs(open_page, cleo):
    """A function that opens the overlay, with a clock that the test turns."""

    def open_(clock=False, demo="", **settings):
        overlay = save_settings(cleo, **{"seconds": 2, **settings})
        page = open_page(**OBS)
        if clock:
            stop_clock(page)
        with page.expect_response("**/now/*"):
            page.goto(f"/live/overlay/{overlay.token}/{demo}")
        page.evaluate(LISTEN)
        return page

    return open_
