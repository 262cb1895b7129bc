"""The room through the real server: taps that come by stream, and what happens when the server goes away."""

import pytest
from playwright.sync_api import expect

from tests.e2e.test_room import DESKTOP, PHONE, choose, enter, points, tile
from tests.factories import make_creator, make_session, make_user, tap
from tests.real_server import serving

POLLS = "New gifts come every few seconds for now."


@pytest.fixture
def server(transactional_db):
    with serving() as (server,):
        yield server


@pytest.fixture
def live_url(server):
    """Pages open on the real server instead of the one inside the tests."""
    return server.url


@pytest.fixture
def live(server):
    return make_session(make_creator("Cleo", followers=1_000))


@pytest.fixture
def vera(server):
    return make_user("Vera", coins=1_000)


def follow(page):
    """Note how the page asks."""
    asked = []
    page.on("request", lambda request: asked.append(request.url.split("/")[-2]))
    return asked


def test_viewer_taps_and_another_sees_it_within_a_second_by_stream_also_over_a_restart(open_page, server, live, vera):
    page, other = open_page(**PHONE), open_page(**DESKTOP)
    asked = follow(other)
    enter(other, live)
    enter(page, live, vera)
    choose(page, "panda")
    tile(page, "panda").click()
    expect(other.locator("#lanes .lane")).to_have_count(1)

    tile(page, "clover").click()
    tile(page, "clover").click()
    expect(page.locator("#session-points")).to_have_attribute("value", "30")
    expect(other.locator("#session-points")).to_have_attribute("value", "30", timeout=1000)
    assert "events" in asked
    assert "feed" not in asked
    expect(other.locator("#feed-line")).to_be_hidden()

    seconds, code = server.stop()
    assert seconds < 2 and code == 0
    expect(other.locator("#feed-line")).to_be_visible()
    for _ in range(3):
        tap(vera, live)
    server.start().wait()
    for one in (page, other):
        expect(one.locator("#session-points")).to_have_attribute("value", "45", timeout=15_000)
        expect(one.locator("#feed-line")).to_be_hidden(timeout=15_000)


def test_server_that_cannot_stream_is_asked_every_so_often_and_the_page_says_so(open_page, live, vera):
    page = open_page(**PHONE)
    page.route("**/events/*", lambda route: route.fulfill(status=204))
    enter(page, live)
    expect(page.get_by_text(POLLS)).to_be_visible()
    tap(vera, live)
    points(page, 5)


def test_end_of_the_live_comes_by_stream(open_page, server, live, vera, axe):
    from live.sessions import end_session

    page = open_page(**DESKTOP)
    asked = follow(page)
    enter(page, live)
    expect(page.locator("#lanes")).to_be_visible()
    end_session(live, by="cleo")
    expect(page.get_by_role("heading", name="This live has ended")).to_be_visible()
    assert "feed" not in asked
