"""Uploaded art of gifts: stored by its digest, served as what it is, and shown wherever the gift is."""

import io
import struct

import pytest
from django.core.files.storage import default_storage, storages
from PIL import Image

from live.gifts.art import MOST_BYTES, art_url, is_art, keep_art, read_art
from live.models import Gift, GiftTap
from people.pictures import PictureRefused, PicturesAway
from tests.factories import make_session, make_user, tap
from tests.live.gifts.drawn import png, svg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def keep(content):
    return keep_art(io.BytesIO(content), len(content))


def stored(folder):
    return sorted(path.name for path in folder.rglob("*.*"))


# --- Stored -------------------------------------------------------------------------------------


@pytest.mark.once
def test_a_png_becomes_a_clear_square_without_metadata(folder):
    name = keep(png(300, 150, (10, 20, 200, 255)))

    assert stored(folder) == [name]
    with Image.open(default_storage.open(f"gifts/{name}")) as image:
        assert (image.format, image.size, image.mode) == ("WEBP", (256, 256), "RGBA")
        assert image.getpixel((128, 10))[3] == 0
        assert image.getpixel((128, 128))[3] == 255


@pytest.mark.once
def test_a_moving_png_stands_still():
    moving, second = io.BytesIO(), Image.new("RGBA", (100, 100), "blue")
    Image.new("RGBA", (100, 100), "red").save(moving, "PNG", save_all=True, append_images=[second])

    content, _ = read_art(keep(moving.getvalue()))

    with Image.open(io.BytesIO(content)) as image:
        assert not getattr(image, "is_animated", False)
        assert image.getpixel((128, 128))[0] > 200


@pytest.mark.once
def test_the_same_picture_has_one_name_and_one_file(folder):
    names = {keep(svg()), keep(svg()), keep(svg('<script>alert(1)</script><path d="M0 0h8v8z"/>'))}

    assert stored(folder) == list(names)


def head(width, height):
    """Return the beginning of a PNG that claims a size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 6, 0, 0, 0) + bytes(4)


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "neither an SVG nor a PNG"),
        (b"GIF89a" + bytes(90), "neither an SVG nor a PNG"),
        (b"\xff\xd8\xff\xe0" + bytes(90), "neither an SVG nor a PNG"),
        (b"\x1f\x8b" + bytes(90), "neither an SVG nor a PNG"),
        (png()[:90], "neither an SVG nor a PNG"),
        (png(95, 300), "at least 96×96 pixels"),
        (png(2_100, 2_000), "at most 4 megapixels; this one has 2100×2000 pixels."),
        (head(60_000, 60_000), "neither an SVG nor a PNG"),
        (svg() + b" " * MOST_BYTES, "at most 500 kB; this one has 500."),
    ],
    ids=["empty", "gif", "jpeg", "svgz", "cut", "small", "large", "bomb", "bytes"],
)
def test_what_is_no_art_is_refused_in_words_and_nothing_is_stored(folder, content, words):
    with pytest.raises(PictureRefused, match=words):
        keep(content)

    assert stored(folder) == []


@pytest.mark.once
def test_any_storage_of_django_keeps_art(settings):
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}

    name = keep(svg())

    assert storages["default"].exists(f"gifts/{name}")
    assert read_art(name) == (storages["default"].open(f"gifts/{name}").read(), "image/svg+xml")


@pytest.mark.once
def test_a_storage_that_fails_is_said(client, monkeypatch):
    name = keep(svg())

    def fail(*args, **options):
        raise OSError("no space left on device")

    for operation in ("save", "open", "exists"):
        monkeypatch.setattr(default_storage, operation, fail)
    with pytest.raises(PicturesAway):
        keep(png())
    answer = client.get(f"/gifts/{name}")

    assert answer.status_code == 503
    assert "Pictures can’t be stored or read right now." in answer.text


# --- Served -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("content", "kind"), [(svg(), "image/svg+xml"), (png(), "image/webp")])
def test_art_is_served_for_ever_as_what_it_is_and_can_do_nothing(client, django_assert_num_queries, content, kind):
    name = keep(content)

    with django_assert_num_queries(0):
        answer = client.get(art_url(name))

    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"

    refused = client.post(art_url(name))

    assert refused.status_code == 405


@pytest.mark.once
@pytest.mark.parametrize("name", ["panda", "..%2f..%2fmanage.py", "a" * 300, "%00.svg", "0" * 20 + ".svg", "0.webp"])
def test_what_is_no_uploaded_art_is_404(client, name):
    answer = client.get(f"/gifts/{name}")

    assert answer.status_code == 404
    assert is_art(name) == (name == "panda")


# --- Shown --------------------------------------------------------------------------------------


def test_art_is_shown_wherever_the_gift_is_and_a_sent_gift_keeps_its_own(client):
    live, vera, art, newer = make_session(), make_user("Vera", coins=100), keep(svg()), keep(png())
    client.force_login(vera)
    Gift.objects.filter(slug="panda").update(art=art)
    tap(vera, live)
    sent = GiftTap.objects.get()

    Gift.objects.filter(slug="panda").update(art=newer)
    pages = {
        page: client.get(page).text
        for page in (
            f"/live/{live.pk}/",
            f"/live/{live.pk}/feed/?after=0",
            "/wallet/history/",
            f"/live/receipts/{sent.tap_id}/",
            "/economy/",
        )
    }

    assert sent.art == art
    assert {page for page, text in pages.items() if f'src="/gifts/{art}"' in text} == set(pages) - {"/economy/"}
    assert {page for page, text in pages.items() if f'src="/gifts/{newer}"' in text} == {
        f"/live/{live.pk}/",
        "/economy/",
    }


@pytest.mark.once
def test_every_template_asks_for_the_address_of_art(settings):
    templates = (settings.BASE_DIR / "templates").rglob("*.html")

    assert [path.name for path in templates if "'gifts/' %}{{" in path.read_text()] == []
