"""The operator's page of the brand: what it takes, what it refuses, and what it shows first."""

import io

import pytest
from django.test import Client
from PIL import Image

from people.brand import SiteBrand, site_brand
from people.models import Brand, User
from tests.operator import errors_of, latest_history, make_limited_operator
from tests.people.branding import DAY, NIGHT, PAGE, picture

pytestmark = pytest.mark.django_db


def test_operator_renames_the_site_and_every_page_follows(client, save):
    assert save(name="  Applause ").status_code == 302

    assert site_brand() == SiteBrand(name="Applause")
    assert latest_history() == ("Otto", "Name: Ovation → Applause. Reason: Ours")

    page = client.get("/")

    assert "<span>Applause</span>" in page.text


@pytest.mark.once
@pytest.mark.parametrize("name", ["", "\u200b", "Ap\u200bplause", "Аpplause", "A" * 31])
def test_name_that_nobody_could_have_is_refused(save, name):
    assert "name" in errors_of(save(name=name))
    assert Brand.objects.get().name == "Ovation"


def test_name_that_a_person_has_is_taken_with_a_warning(client, save):
    User.objects.create_user("ann@example.com", name="Applause")

    assert save(name="Applause").status_code == 302

    page = client.get(PAGE)

    assert "Look under Users" in page.text


@pytest.mark.once
def test_accent_that_cannot_be_read_is_refused_with_ratio_and_nearest(save):
    errors = errors_of(save(accent_day="#f0c000", accent_night="#000000"))

    assert errors["accent_day"] == [
        "White words on #f0c000 have a contrast of 1.7:1, and WCAG AA asks for 4.5:1. "
        "The nearest colour that passes is #907300."
    ]
    assert errors["accent_night"][0].startswith("Dark words on #000000 have a contrast of 1.1:1, ")
    assert Brand.objects.get().accent_day == ""


@pytest.mark.once
@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "0b6bcb", "#٣٣٣٣٣٣"])
def test_text_that_is_no_colour_is_refused(save, colour):
    assert errors_of(save(accent_day=colour))["accent_day"][0].startswith("Write a colour as #")


@pytest.mark.once
def test_accent_is_shown_before_it_is_saved(save):
    shown = save(accent_day=DAY)

    assert "This page shows the accent now" in errors_of(shown)["confirmed"][0]
    assert "/brand.css?day=0b6bcb&amp;night=" in shown.text
    assert Brand.objects.get().accent_day == ""
    assert save(accent_day=DAY.upper(), confirmed=f"{DAY}-").status_code == 302
    assert Brand.objects.get().accent_day == DAY


@pytest.mark.once
def test_accent_by_night_needs_one_by_day(save):
    assert errors_of(save(accent_night=NIGHT))["accent_day"] == ["Choose the accent by day first."]


def test_mark_is_drawn_anew_in_every_size_and_can_be_removed(client, save):
    result = picture()

    assert save(picture=result).status_code == 302

    digest = Brand.objects.get().mark
    assert latest_history() == ("Otto", f"Mark: none → {digest}. Reason: Ours")

    icon = client.get(f"/brand/{digest}/192/")
    image = Image.open(io.BytesIO(icon.content))
    assert (image.format, image.size, image.getpixel((0, 0))[3]) == ("PNG", (192, 192), 0)
    assert image.getpixel((96, 96)) == (10, 20, 200, 255)
    assert icon["Cache-Control"] == "public, max-age=31536000, immutable"
    html = client.get("/").text
    assert f'<link rel="icon" href="/brand/{digest}/32/"' in html
    assert f"/brand/{digest}/96/" in html

    page = client.get("/site.webmanifest")

    assert f"/brand/{digest}/icon-maskable-512/" in page.text

    assert save(own_mark="on", reason="Not ours").status_code == 302
    assert Brand.objects.get().mark == ""

    page = client.get(f"/brand/{digest}/192/")

    assert page.status_code == 200


def test_uploaded_mark_stays_while_the_accent_waits_for_its_tick(save):
    asked = save(accent_day=DAY, picture=picture())
    digest = asked.context["adminform"].form.data["digest"]
    assert f'name="digest" value="{digest}"' in asked.text
    assert Brand.objects.get().mark == ""

    assert save(accent_day=DAY, confirmed=f"{DAY}-", digest=digest).status_code == 302
    assert (Brand.objects.get().mark, Brand.objects.get().accent_day) == (digest, DAY)


@pytest.mark.once
@pytest.mark.parametrize("digest", ["0123456789abcdef", "../../etc/passwd", "x"])
def test_digest_of_no_picture_is_refused(save, digest):
    assert errors_of(save(digest=digest))["picture"] == ["The picture is gone. Choose it again."]


@pytest.mark.once
@pytest.mark.parametrize(
    ("file", "words"),
    [
        (io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"), "That is no picture."),
        (picture(100, 100), "Choose a picture of at least 192×192 pixels."),
    ],
)
def test_file_that_is_no_picture_is_refused(save, file, words):
    file.seek(0)
    file.name = "mark.png"

    assert errors_of(save(picture=file))["picture"][0].startswith(words)
    assert Brand.objects.get().mark == ""


@pytest.mark.once
@pytest.mark.parametrize("address", ["0123456789abcdef/96/", "x/96/", "0123456789abcdef/9/"])
def test_mark_that_is_not_there_is_404(address):
    page = Client().get(f"/brand/{address}")

    assert page.status_code == 404


@pytest.mark.once
def test_change_needs_a_reason(save):
    assert errors_of(save(name="Applause", reason=""))["reason"] == ["Say why. Nothing was saved."]


def test_page_leads_to_the_texts_and_the_list_to_the_page(client, otto):
    html = client.get(PAGE).text

    assert "/admin/people/pageversion/add/?slug=terms" in html
    assert 'href="/privacy/"' in html

    page = client.get("/admin/people/brand/")

    assert page["Location"] == PAGE


def test_brand_needs_its_permission_and_is_neither_added_nor_deleted(client, otto):
    statuses = [
        client.get("/admin/people/brand/add/").status_code,
        client.post("/admin/people/brand/1/delete/", {"post": "yes"}).status_code,
    ]

    assert statuses == [403, 403]

    client.force_login(make_limited_operator("people.view_brand"))
    statuses = [client.get(PAGE).status_code, client.post(PAGE, {"name": "Applause", "reason": "Ours"}).status_code]

    assert statuses == [200, 403]

    client.force_login(make_limited_operator("people.view_user"))
    page = client.get(PAGE)

    assert page.status_code == 403


def test_mark_is_503_in_words_while_the_storage_is_away(client, save, monkeypatch):
    def fail(*args, **options):
        raise OSError("the network is unreachable")

    monkeypatch.setattr("django.core.files.storage.default_storage.open", fail)
    monkeypatch.setattr("django.core.files.storage.default_storage.exists", fail)
    answers = [save(picture=picture()), client.get(f"/brand/{'0' * 16}/96/")]

    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("Pictures can’t be stored or read right now." in answer.text for answer in answers)
    assert Brand.objects.get().mark == ""
