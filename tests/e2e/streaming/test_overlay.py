"""The overlay through the real server: by stream, and after a lost connection or a closed source."""

import pytest
from playwright.sync_api import expect

from live.overlay.overlays import save_settings
from live.sessions.sessions import end_session
from tests.e2e.overlays import LISTEN, OBS, line, said
from tests.e2e.rooms import eventually
from tests.factories import make_session, tap


@pytest.fixture
def obs(open_page, cleo):
    """Return a function that opens the overlay and waits for its stream, if its creator is live."""

    def open_(**settings):
        overlay = save_settings(cleo, **{"seconds": 2, "text": "{gift}{count}", **settings})
        page = open_page(**OBS)
        page.add_init_script(f"addEventListener('DOMContentLoaded', {LISTEN})")
        load(page, f"/live/overlay/{overlay.token}/", cleo)
        return page

    return open_


def load(page, address, cleo):
    if cleo.sessions.filter(ended_at=None).exists():
        with page.expect_response("**/events/*"):
            page.goto(address)
    else:
        with page.expect_response("**/now/*"):
            page.goto(address)


def test_after_a_dropped_connection_the_missed_are_shown_once_and_in_order(obs, cleo, vera):
    live = make_session(cleo)
    page = obs()
    tap(vera, live)
    eventually(lambda: said(page) == ["Panda"])
    page.context.set_offline(True)
    for gift in ("clover", "supernova"):
        tap(vera, live, gift_slug=gift)
    page.context.set_offline(False)
    tap(vera, live, gift_slug="balloon")

    shown = ["Panda", "Clover", "Supernova", "Balloon"]
    eventually(lambda: said(page) == shown)
    tap(vera, live, gift_slug="skyline")
    eventually(lambda: said(page) == [*shown, "Skyline"])


def test_source_begins_with_what_comes_then_and_loaded_anew_goes_on_behind_what_it_has_shown(obs, cleo, vera):
    live = make_session(cleo)
    tap(vera, live, gift_slug="skyline")
    page = obs(seconds=10)
    tap(vera, live)
    tap(vera, live, gift_slug="clover")
    tap(vera, live)
    expect(line(page)).to_have_text("Panda×2")
    assert "Skyline" not in said(page)
    # The Pandas have been shown, one of them behind the Clover, which hasn't.
    save_settings(cleo, seconds=2)
    with page.expect_response("**/events/*"):
        page.reload()
    tap(vera, live, gift_slug="encore")

    eventually(lambda: said(page) == ["Clover", "Encore"])


def test_end_of_a_live_and_the_next_one(obs, cleo, vera):
    first = make_session(cleo)
    page = obs()
    page.context.set_offline(True)
    tap(vera, first)
    end_session(first, by="creator")
    second = make_session(cleo)
    tap(vera, second, gift_slug="clover")
    page.context.set_offline(False)

    eventually(lambda: said(page) == ["Panda", "Clover"])
    end_session(second, by="creator")
    third = make_session(cleo)
    tap(vera, third, gift_slug="encore")
    eventually(lambda: said(page) == ["Panda", "Clover", "Encore"])
