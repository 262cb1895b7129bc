"""A room's video: accepted addresses, and a content policy that allows that one host alone."""

import pytest
from django.test import override_settings

from live.models import LiveSession
from live.room.board import read_board
from live.sessions import video
from live.sessions.sessions import end_session
from live.sessions.video import NotAnAddress, origin_of
from tests.factories import make_creator, make_session, make_user

ADDRESS = "https://video.example.com/cleo/index.m3u8?a=1,2"
STRICT = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
CLOSED = STRICT | {"media-src 'self'", "connect-src 'self'"}
OPENED = STRICT | {
    "media-src 'self' https://video.example.com blob:",
    "connect-src 'self' https://video.example.com",
}


def policy(response):
    return set(response["Content-Security-Policy"].split("; "))


@pytest.mark.once
@pytest.mark.parametrize(
    ("address", "origin"),
    [
        (ADDRESS, "https://video.example.com"),
        ("HTTPS://Video.Example.COM/a.m3u8", "https://video.example.com"),
        ("https://cdn-1.example.com:8443/a;b/index.m3u8#t=1", "https://cdn-1.example.com:8443"),
        ("https://xn--bcher-kva.example/a.m3u8", "https://xn--bcher-kva.example"),
        ("http://localhost:8123/index.m3u8", "http://localhost:8123"),
    ],
)
def test_origin_is_put_together_from_scheme_host_and_port(address, origin):
    assert origin_of(address) == origin


@pytest.mark.once
@pytest.mark.parametrize(
    "address",
    [
        "video.example.com/a.m3u8",
        "//video.example.com/a.m3u8",
        "http://video.example.com/a.m3u8",
        "http://localhost.example.com/a.m3u8",
        "ftp://video.example.com/a.m3u8",
        "javascript:alert(1)",
        "data:application/vnd.apple.mpegurl,x",
        "blob:https://video.example.com/1",
        "https:",
        "https:///a.m3u8",
        "https://video.example.com; script-src *",
        "https://video.example.com;script-src/*",
        "https://video.example.com,x.example.com/",
        "https://video.example.com 'unsafe-inline'",
        "https://video.example.com\n/a.m3u8",
        "https://video.example.com\r\nSet-Cookie: a=b",
        "https://video.example.com\t/a.m3u8",
        "https://vera:secret@video.example.com/a.m3u8",
        "https://video.example.com@evil.example.com/",
        "https://video.example.com\\@evil.example.com/",
        "https://*.example.com/a.m3u8",
        "https://*/a.m3u8",
        "https://'self'/a.m3u8",
        "https://vidéo.example.com/a.m3u8",
        "https://video。example。com/a.m3u8",
        "https://video.example.com:0/",
        "https://video.example.com:/",
        "https://video.example.com:65536/",
        "https://video.example.com:443;/",
        "https://video.example.com:*/",
        "https://video.example.com:٤٤٣/",
        "https://192.168.0.1/a.m3u8",
        "https://0x7f.1/a.m3u8",
        "https://2130706433/a.m3u8",
        "https://0x7f.0x1/a.m3u8",
        "https://[::1]/a.m3u8",
        "https://localhost/a.m3u8",
        "https://router.local/a.m3u8",
        "https://printer/a.m3u8",
        "https://-video.example.com/a.m3u8",
        "https://video..example.com/a.m3u8",
        "https://video.example.com./a.m3u8",
        "https://" + "a" * 64 + ".example.com/",
        "https://video.example.com/" + "a" * 400,
    ],
)
def test_address_that_could_be_anything_else_is_refused_in_words(address):
    with pytest.raises(NotAnAddress, match=r"\.$"):
        origin_of(address)


@pytest.mark.once
@override_settings(LOCAL=False)
def test_localhost_is_for_the_demo_alone():
    with pytest.raises(NotAnAddress, match="begins with https://"):
        origin_of("http://localhost:8123/index.m3u8")


@pytest.mark.django_db
def test_room_with_a_video_lets_in_its_host_and_every_other_page_nobody(client):
    cleo = make_creator("Cleo", followers=1_000)
    live, other = make_session(cleo), make_session(make_creator("Nova", followers=5))
    LiveSession.objects.filter(pk=live.pk).update(video_url=ADDRESS)
    room = f"/live/{live.pk}/"

    page = client.get(room)
    assert policy(page) == OPENED
    assert f'value="{ADDRESS}"' in page.text
    client.force_login(make_user("Vera"))
    answer = client.post(f"{room}tap/", {"gift": "panda"})

    assert policy(answer) == OPENED

    for path in ("/", "/live/", f"/live/{other.pk}/", f"/@{cleo.handle}/", f"{room}board/", f"{room}feed/"):
        shown = client.get(path)

        assert policy(shown) == CLOSED, path
    client.force_login(cleo.user)
    page = client.get("/live/studio/")

    assert policy(page) == CLOSED

    live.refresh_from_db()
    assert ADDRESS in read_board(live)["live/room/_video.html"]

    end_session(live, by="creator")
    page = client.get(room)
    assert (policy(page), ADDRESS in page.text) == (CLOSED, False)


@pytest.mark.django_db
def test_address_that_came_past_the_form_reaches_neither_header_nor_page(client):
    live = make_session()
    for address in ("https://video.example.com; script-src *", "javascript:alert(1)"):
        LiveSession.objects.filter(pk=live.pk).update(video_url=address)
        page = client.get(f"/live/{live.pk}/")
        assert policy(page) == CLOSED
        assert address not in page.text
        live.refresh_from_db()
        assert video.video_of(live) == ("", "")
