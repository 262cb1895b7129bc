"""The creator's camera in the studio: checked before a live, shown during one, on her page alone."""

import pytest
from playwright.sync_api import expect

from tests.e2e.rooms import DESKTOP, PHONE, eventually
from tests.e2e.visitors import sign_in
from tests.factories import make_creator, make_session

LEVEL = "document.querySelector('#camera-level meter').value"
STREAM = "window.given = document.querySelector('[data-camera-view] video').srcObject.getTracks()"
ENDED = "window.given.every((track) => track.readyState === 'ended')"

# A race: a second camera is chosen while the first one still opens.
CHOOSE_TWICE = """() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.streams = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    window.streams.push(await real(wanted));
    return window.streams.at(-1);
  };
  for (let time = 0; time < 2; time += 1) document.getElementById('camera-camera').dispatchEvent(new Event('change'));
}"""
ONE_IS_LEFT = """() => {
  const isOn = (stream) => stream.getTracks().some((track) => track.readyState === 'live');
  return window.streams.length === 2 && window.streams.filter(isOn).length === 1;
}"""


@pytest.fixture
def browser(whole_browser):
    return whole_browser


def test_camera_is_checked_before_a_live_and_stops_at_the_button(open_page, live_server, look):
    page = open_page(**PHONE)
    sign_in(page, make_creator("Cleo", followers=1_000).user)
    page.goto("/live/studio/")
    button = page.locator("#camera-button")
    button.click()
    expect(page.get_by_text("Your browser doesn’t let this page use the camera.")).to_be_visible()
    expect(page.locator("[data-camera-view]")).to_be_hidden()

    page.context.grant_permissions(["camera", "microphone"])
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    button.click()
    expect(page.get_by_label("Your camera, seen by you alone")).to_be_visible()
    eventually(lambda: page.evaluate(LEVEL) > 0)
    page.evaluate(STREAM)
    look(page)
    button.click()
    expect(page.locator("#camera-level")).to_be_hidden()
    assert page.evaluate(ENDED)
    assert asked == []


def test_camera_takes_the_place_of_the_poster_in_the_studio_alone(open_page, live_server):
    live = make_session(make_creator("Cleo", followers=1_000))
    page = open_page(**DESKTOP)
    page.context.grant_permissions(["camera", "microphone"])
    sign_in(page, live.creator.user)
    page.goto("/live/studio/")
    expect(page.locator(".booth .stage video")).to_have_count(0)
    page.get_by_role("button", name="Show your camera").click()
    expect(page.locator(".booth .stage video")).to_be_visible()
    page.evaluate(CHOOSE_TWICE)
    eventually(lambda: page.evaluate(ONE_IS_LEFT))
    page.goto(f"/live/{live.pk}/")
    expect(page.locator("#stage video")).to_have_js_property("srcObject", None)
