"""The banner of a creator's page: what is accepted, where it is shown, how it goes. And the picture of a link."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from people.pictures import path_of, set_picture
from tests.factories import make_creator, make_user
from tests.operator import make_operator

pytestmark = pytest.mark.django_db
UPLOAD, REMOVE, EDIT = "/live/studio/banner/", "/live/studio/banner/remove/", "/live/studio/profile/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def cleo(client):
    cleo = make_creator("Cleo")
    client.force_login(cleo.user)
    return cleo


def picture(size=(1800, 900), colour="red", kind="JPEG"):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def upload(client, content):
    return client.post(UPLOAD, {"banner": SimpleUploadedFile("wide.jpg", content, "image/jpeg")})


def stored(folder):
    return sorted(path.name for path in folder.rglob("*.webp"))


def test_banner_is_cut_to_three_to_one_and_stands_on_the_page(client, cleo, folder):
    answer = upload(client, picture())

    assert (answer.status_code, answer["Location"]) == (303, EDIT)
    cleo.refresh_from_db()
    assert stored(folder) == [cleo.banner]
    with Image.open(default_storage.open(path_of(cleo.banner))) as image:
        assert (image.format, image.size) == ("WEBP", (1500, 500))
    page = client.get(f"/@{cleo.handle}/")

    assert f'<img class="cover" src="/pictures/{cleo.banner}"' in page.text

    page = client.get(f"/pictures/{cleo.banner}")

    assert page.status_code == 200


def test_banner_and_picture_of_oneself_replace_only_their_own_kind(
    client, cleo, folder, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for colour in ("green", "black"):
            set_picture(cleo.user, io.BytesIO(picture(colour=colour)), 1)
            upload(client, picture(colour=colour))

    cleo.refresh_from_db()
    assert stored(folder) == sorted([cleo.user.avatar, cleo.banner])


def test_banner_is_removed_with_its_file_and_a_repeat_changes_nothing(
    client, cleo, folder, django_capture_on_commit_callbacks
):
    upload(client, picture())

    with django_capture_on_commit_callbacks(execute=True):
        answers = [client.post(REMOVE).status_code for _ in range(2)]

    cleo.refresh_from_db()
    assert (answers, cleo.banner, stored(folder)) == ([303, 303], "", [])

    page = client.get(f"/@{cleo.handle}/")

    assert 'class="cover"' not in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no picture", "That is no picture. Choose a JPEG, PNG or WebP file."),
        (b"", "That file is empty. Choose another one."),
        (picture((599, 400)), "Choose a picture of at least 600×200 pixels."),
        (picture((900, 199)), "Choose a picture of at least 600×200 pixels."),
        (picture(kind="GIF"), "That is no picture. Choose a JPEG, PNG or WebP file."),
    ],
    ids=["text", "empty", "narrow", "low", "GIF"],
)
def test_refused_file_says_why_and_changes_nothing(client, cleo, folder, content, words):
    answer = upload(client, content)

    assert answer.status_code == 422
    assert words in answer.text
    cleo.refresh_from_db()
    assert (cleo.banner, stored(folder)) == ("", [])


def test_viewer_has_no_page_that_could_have_a_banner(client, folder):
    client.force_login(make_user("Mallory"))

    statuses = [upload(client, picture()).status_code, client.post(REMOVE).status_code]

    assert statuses == [404, 404]
    assert stored(folder) == []


def test_operator_removes_a_banner_with_a_reason(client, cleo, folder):
    upload(client, picture())
    client.force_login(make_operator())
    page = f"/admin/live/creator/{cleo.pk}/change/"
    words = {"name": "Cleo", "bio": "", "next_live": "", "is_active": "on", "reason": "A stranger's photo"}

    client.post(page, words | {"no_banner": "on"})

    cleo.refresh_from_db()
    assert cleo.banner == ""


@pytest.mark.parametrize("drawn", [True, False])
def test_shared_link_shows_the_uploaded_picture_where_there_is_one(client, cleo, drawn):
    if not drawn:
        set_picture(cleo.user, io.BytesIO(picture()), 1)
    cleo.user.refresh_from_db()

    page = client.get(f"/@{cleo.handle}/").text

    address = f"static/share/{cleo.user.avatar}.jpg" if drawn else f"pictures/{cleo.user.avatar}"
    assert f'<meta property="og:image" content="http://testserver/{address}">' in page
