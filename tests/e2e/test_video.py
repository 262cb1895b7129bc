"""The stage's video in Chromium, from a host of its own: two seconds of HLS, made once with ffmpeg (tests/e2e/hls)."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from live.sessions.sessions import change_session, end_session
from tests.e2e.rooms import PHONE, eventually
from tests.factories import make_creator, make_session

# A Chromium that plays HLS by itself doesn't try the player, and the other way round: the page is told what it knows.
KNOWS_NO_HLS = "HTMLMediaElement.prototype.canPlayType = () => ''"
PAUSED = "document.querySelector('#screen video').paused"


class Host(SimpleHTTPRequestHandler):
    """The creator's host: lets other sites read, and is away while `is_away`."""

    extensions_map = {".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t"}
    is_away = False

    def do_GET(self):
        if Host.is_away:
            return self.send_error(503)
        return super().do_GET()

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *_):
        """Log nothing."""


@pytest.fixture
def address():
    Host.is_away = False
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Host, directory=str(Path(__file__).with_name("hls"))))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/index.m3u8"
    server.shutdown()
    server.server_close()


@pytest.fixture
def live(live_server, address):
    live = make_session(make_creator("Cleo", followers=1_000))
    live.video_url = address
    live.save()
    return live


def plays(page):
    expect(page.locator("#screen")).to_have_class("screen playing")


@pytest.mark.parametrize("knows_hls", [False, True], ids=["player", "browser"])
def test_room_plays_the_video_and_its_buttons_stop_it_and_let_it_be_heard(open_page, live, look, knows_hls):
    page = open_page(**PHONE)
    if not knows_hls:
        page.add_init_script(KNOWS_NO_HLS)
    asked = []
    page.on("request", lambda request: asked.append(request.url.split("/")[-1]))
    page.goto(f"/live/{live.pk}/")
    if knows_hls and not page.evaluate("document.createElement('video').canPlayType('application/vnd.apple.mpegurl')"):
        pytest.skip("This Chromium doesn't play HLS by itself.")
    plays(page)
    assert ("hls.light.min.js" in asked) is not knows_hls
    look(page)
    sound = page.get_by_role("button", name="Sound on")
    sound.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sound off")).to_be_visible()
    page.get_by_role("button", name="Pause the video").click()
    expect(page.locator("#screen")).to_have_class("screen")
    assert page.evaluate(PAUSED)
    page.get_by_role("button", name="Play the video").click()
    plays(page)


def test_poster_comes_back_with_a_line_while_the_video_is_away_and_no_room_keeps_a_video_of_before(open_page, live):
    page = open_page(**PHONE)
    page.add_init_script(KNOWS_NO_HLS)
    Host.is_away = True
    page.goto(f"/live/{live.pk}/")
    expect(page.get_by_text("The video can’t be played at the moment. Everything else goes on.")).to_be_visible()
    Host.is_away = False
    plays(page)
    expect(page.locator("#video-line")).to_be_empty()

    elsewhere = {"title": live.title, "goal_kind": "", "goal": None, "video_url": "https://video.example.com/a.m3u8"}
    change_session(live, **elsewhere)
    expect(page.get_by_text("The video has changed. Load the page again to see it.")).to_be_visible()
    expect(page.locator("#screen")).to_have_class("screen")
    end_session(live, by="creator")
    expect(page.get_by_role("heading", name="This live has ended")).to_be_visible()
    eventually(lambda: page.locator("#video-tools").is_hidden())


def test_who_wants_less_motion_starts_the_video_themselves(open_page, live):
    page = open_page(**PHONE, reduced_motion="reduce")
    page.add_init_script(KNOWS_NO_HLS)
    page.goto(f"/live/{live.pk}/")
    play = page.get_by_role("button", name="Play the video")
    expect(play).to_be_visible()
    assert page.evaluate(PAUSED)
    play.click()
    plays(page)
