"""Otto uploads the art of a gift: it is shown before it counts, and the history names it."""

import pytest
from django.contrib.admin.models import LogEntry

from live.gifts.art import art_url
from live.models import Gift
from tests.live.admin.saving import gift_form, save_panda
from tests.live.admin.test_gift_import import HEADER, confirm, upload
from tests.live.gifts.drawn import as_upload, png, svg
from tests.live.gifts.prices import panda
from tests.operator import errors_of, latest_history, make_limited_operator

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def press(client, content=None, **changes):
    """Post the form of the Panda once, with a file, and return the answer."""
    file = {} if content is None else {"picture": as_upload(content)}
    return client.post(f"/admin/live/gift/{panda().pk}/change/", gift_form(**file, **{"reason": "Our own", **changes}))


def chosen(answer):
    """Return the picture that a form which is shown again has chosen."""
    return answer.context["adminform"].form["art"].value()


def stamp_of(answer):
    return answer.context["adminform"].form.preview.stamp


def give_uploaded_art(client, content=None):
    name = chosen(press(client, content or svg()))
    saved = save_panda(client, art=name, reason="Our own")

    assert saved.status_code == 302
    return name


@pytest.mark.parametrize("content", [svg(), png()], ids=["svg", "png"])
def test_an_upload_is_shown_before_it_counts_and_then_saved_without_the_file(client, otto, content):
    shown = press(client, content)

    name = chosen(shown)
    assert "Picture: the one shown here, at once." in shown.text
    assert shown.text.count(f'src="{art_url(name)}"') == 11
    assert panda().art == "panda"

    picture = client.get(art_url(name))

    assert picture.status_code == 200

    saved = press(client, art=name, shown=stamp_of(shown))

    assert saved.status_code == 302
    assert panda().art == name
    assert latest_history() == ("Otto", f"Picture: panda → {name}. Reason: Our own")


def test_an_uploaded_picture_stays_chosen_with_other_changes_and_can_be_given_up(client, otto):
    name = give_uploaded_art(client)

    renamed = save_panda(client, name="Red Panda", reason="It is red")
    back = save_panda(client, art="panda", reason="The old one")

    assert (renamed.status_code, back.status_code) == (302, 302)
    assert list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))[1:] == [
        "Name: Panda → Red Panda. Reason: It is red",
        f"Picture: {name} → panda. Reason: The old one",
    ]


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "neither an SVG nor a PNG"),
        (svg("<text>Hi</text>"), "has “text” in it"),
        (png(20, 20), "at least 96×96 pixels"),
        (b"x" * 500_001, "at most 500 kB"),
        (b"", "The submitted file is empty."),
    ],
    ids=["pdf", "text", "small", "large", "empty"],
)
def test_a_file_that_is_refused_changes_nothing(client, otto, folder, content, words):
    answer = press(client, content)

    assert words in errors_of(answer)["picture"][0]
    assert chosen(answer) == "panda"
    assert (panda().art, list(folder.iterdir())) == ("panda", [])


@pytest.mark.once
def test_an_upload_needs_a_reason_and_keeps_its_tile_meanwhile(client, otto):
    answer = press(client, svg(), reason="")

    assert errors_of(answer)["reason"] == ["Say why. Nothing was saved."]
    assert chosen(answer).endswith(".svg")


@pytest.mark.once
def test_the_button_of_one_picture_saves_no_other(client, otto):
    stamp = stamp_of(press(client, svg()))

    again = press(client, png(), shown=stamp)
    saved = press(client, png(), shown=stamp_of(again))

    assert (again.status_code, saved.status_code) == (200, 302)
    assert panda().art == chosen(again)


@pytest.mark.once
@pytest.mark.parametrize("art", ["0" * 20 + ".svg", "../" + "0" * 20 + ".svg", "nothing"])
def test_a_picture_that_is_not_there_is_refused(client, otto, art):
    answer = save_panda(client, art=art, reason="A slip")

    assert errors_of(answer)["art"] == ["That picture is not there. Choose another one."]
    assert panda().art == "panda"


@pytest.mark.once
def test_a_new_gift_has_uploaded_art(client, otto):
    form = gift_form(slug="ours", name="Ours", order="45", new_coins="40", reason="A new friend")
    shown = client.post("/admin/live/gift/add/", {**form, "picture": as_upload(svg())})
    name = chosen(shown)

    saved = client.post("/admin/live/gift/add/", {**form, "art": name, "shown": stamp_of(shown)})

    assert (shown.status_code, saved.status_code) == (200, 302)
    assert Gift.objects.get(slug="ours").art == name


@pytest.mark.once
def test_catalog_as_csv_names_an_uploaded_picture_and_takes_it_back(client, otto):
    name = give_uploaded_art(client)
    exported = client.get("/admin/live/gift/export/").content

    again = upload(client, exported)
    other = upload(client, HEADER + f"clover,Clover,{name},25,30\n")
    confirm(client, other)
    missing = upload(client, HEADER + f"clover,Clover,{'0' * 20}.svg,25,30\n")

    assert f"panda,Panda,{name},5,20" in exported.decode("utf-8-sig")
    assert "<del>" not in again.text
    assert Gift.objects.get(slug="clover").art == name
    assert "No picture is called" in missing.text


@pytest.mark.once
def test_an_operator_who_may_only_read_uploads_none(client):
    client.force_login(make_limited_operator("live.view_gift"))

    page = client.get(f"/admin/live/gift/{panda().pk}/change/")

    assert (page.status_code, 'type="file"' in page.text) == (200, False)

    refused = press(client, svg())

    assert refused.status_code == 403


@pytest.mark.once
def test_a_storage_that_is_away_leaves_the_page_of_a_gift_with_uploaded_art(client, otto, monkeypatch):
    name = give_uploaded_art(client)

    def fail(*args, **options):
        raise OSError("the network is unreachable")

    monkeypatch.setattr("django.core.files.storage.default_storage.exists", fail)
    page = client.get(f"/admin/live/gift/{panda().pk}/change/")
    answer = press(client, png())

    assert page.status_code == 200
    assert answer.status_code == 503
    assert "Pictures can’t be stored or read right now." in answer.text
    assert panda().art == name
