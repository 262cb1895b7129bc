"""Pictures of people: what is accepted, what is stored of it, how it is served, and how it goes."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from people.models import Picture, User
from people.pictures import MOST_BYTES, path_of, set_picture
from tests.factories import make_creator, make_session, make_user
from tests.operator import latest_history, make_operator

pytestmark = pytest.mark.django_db
UPLOAD, REMOVE, EDIT = "/me/picture/", "/me/picture/remove/", "/me/edit/"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def vera(client):
    vera = make_user("Vera")
    client.force_login(vera)
    return vera


def picture(kind="PNG", size=(300, 200), colour="red", **options):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **options)
    return file.getvalue()


def upload(client, content, name="me.png"):
    return client.post(UPLOAD, {"picture": SimpleUploadedFile(name, content, "image/png")})


def stored(folder):
    return sorted(path.name for path in folder.rglob("*.webp"))


def bomb(width, height):
    """Return a PNG whose head claims a size, with almost no data."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


# --- Upload -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_picture_becomes_a_square_webp_named_by_its_digest(client, vera, folder, kind):
    answer = upload(client, picture(kind), name="whatever.exe")

    assert (answer.status_code, answer["Location"]) == (303, EDIT)
    vera.refresh_from_db()
    assert stored(folder) == [vera.avatar]
    with Image.open(default_storage.open(path_of(vera.avatar))) as image:
        assert (image.format, image.size, image.mode) == ("WEBP", (512, 512), "RGB")


@pytest.mark.once
def test_place_and_time_of_a_photo_are_dropped_and_it_stands_upright(client, vera):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "A camera"
    photo = Image.new("RGB", (200, 100), "red")
    photo.paste("blue", (0, 0, 100, 100))
    file = io.BytesIO()
    photo.save(file, "JPEG", exif=exif)

    upload(client, file.getvalue())

    vera.refresh_from_db()
    content = default_storage.open(path_of(vera.avatar)).read()
    assert b"A camera" not in content and b"EXIF" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert not image.getexif()
        top, bottom = image.getpixel((256, 20)), image.getpixel((256, 490))
    assert top[2] > 200 > bottom[2]


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "That file is empty."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "That is no picture."),
        (picture()[:200], "That is no picture."),
        (picture("GIF"), "That is no picture."),
        (picture("BMP"), "That is no picture."),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "That is no picture."),
        (picture(size=(63, 300)), "at least 64×64 pixels"),
        (bomb(8_000, 8_000), "at most 40 megapixels; this one has 8000×8000 pixels."),
        (bomb(60_000, 60_000), "That is no picture."),
        (bomb(300, 300), "That is no picture."),
        (picture() + bytes(MOST_BYTES), "at most 6 MB"),
    ],
    ids=["empty", "svg", "cut", "gif", "bmp", "eps", "small", "large", "bomb", "damaged", "bytes"],
)
def test_what_is_no_picture_is_refused_in_words_and_nothing_is_stored(client, vera, folder, content, words):
    answer = upload(client, content)

    assert answer.status_code == 422
    assert words in answer.text
    vera.refresh_from_db()
    assert (vera.avatar, Picture.objects.count(), stored(folder)) == ("octopus", 0, [])


@pytest.mark.once
def test_form_without_a_file_is_refused_in_words(client, vera):
    answer = client.post(UPLOAD, {"picture": "me.png"})

    assert (answer.status_code, "Choose a file first." in answer.text) == (422, True)


@pytest.mark.once
def test_eleventh_picture_within_a_minute_is_refused(client, vera):
    statuses = [upload(client, b"no picture").status_code for _ in range(11)]

    assert statuses == [422] * 10 + [429]


def test_new_picture_takes_the_place_of_the_old_one_and_its_file(
    client, vera, folder, django_capture_on_commit_callbacks
):
    upload(client, picture(colour="red"))
    with django_capture_on_commit_callbacks(execute=True):
        upload(client, picture(colour="blue"))

    vera.refresh_from_db()
    assert stored(folder) == [vera.avatar]
    assert list(vera.pictures.values_list("name", flat=True)) == [vera.avatar]


@pytest.mark.once
def test_same_picture_again_changes_nothing(client, vera, folder):
    upload(client, picture())
    upload(client, picture())

    assert (Picture.objects.count(), len(stored(folder))) == (1, 1)


# --- Served -------------------------------------------------------------------------------------


def test_picture_is_served_by_its_name_for_ever_and_as_nothing_else(client, vera, django_assert_num_queries):
    upload(client, picture())
    vera.refresh_from_db()
    client.logout()

    with django_assert_num_queries(1):
        answer = client.get(f"/pictures/{vera.avatar}")

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content[8:12] == b"WEBP"


@pytest.mark.once
@pytest.mark.parametrize("name", ["octopus", "..%2f..%2fmanage.py", "a" * 300, "%00.webp", "0" * 20 + ".webp"])
def test_file_without_a_row_is_404(client, folder, name):
    (folder / "pictures").mkdir()
    (folder / "pictures" / f"{'0' * 20}.webp").write_bytes(b"secret")

    page = client.get(f"/pictures/{name}")

    assert page.status_code == 404


def test_picture_is_shown_on_profile_creators_page_room_and_cards(client, vera):
    creator = make_creator("Cleo", user=vera)
    set_picture(vera, io.BytesIO(picture()), 1_000)
    session = make_session(creator)
    address = f'src="/pictures/{vera.avatar}"'

    for page in ("/me/", EDIT, "/", "/live/", f"/@{creator.handle}/", f"/live/{session.pk}/", "/live/studio/"):
        shown = client.get(page)

        assert address in shown.text, page


@pytest.mark.once
def test_somebody_has_no_picture(client, vera):
    set_picture(vera, io.BytesIO(picture()), 1_000)
    User.objects.filter(pk=vera.pk).update(is_somebody=True)
    session = make_session()

    client.post(f"/live/{session.pk}/comment/", {"comment_id": "6ff2b3a4-2b7e-4d29-9a51-0b8a0f3b1c11", "text": "Bravo"})
    client.force_login(session.creator.user)

    board = client.get(f"/live/{session.pk}/board/").text
    assert "Bravo" in board and "/pictures/" not in board


@pytest.mark.once
@pytest.mark.parametrize("operation", ["save", "open"])
def test_storage_that_fails_is_503_in_words_and_no_row_is_changed(client, vera, monkeypatch, operation):
    set_picture(vera, io.BytesIO(picture()), 1_000)

    def fail(*args, **options):
        raise OSError("no space left on device")

    monkeypatch.setattr(default_storage, operation, fail)
    answer = upload(client, picture(colour="blue")) if operation == "save" else client.get(f"/pictures/{vera.avatar}")

    assert answer.status_code == 503
    assert "Pictures can’t be stored or read right now. Try again in a few minutes." in answer.text
    assert list(vera.pictures.values_list("name", flat=True)) == [vera.avatar]


# --- Removed ------------------------------------------------------------------------------------


def test_removed_picture_is_gone_with_its_file(client, vera, folder, django_capture_on_commit_callbacks):
    upload(client, picture())
    vera.refresh_from_db()
    address = f"/pictures/{vera.avatar}"

    with django_capture_on_commit_callbacks(execute=True):
        answers = [client.post(REMOVE).status_code for _ in range(2)]

    vera.refresh_from_db()
    assert answers == [303, 303]
    assert (vera.avatar, Picture.objects.count(), stored(folder)) == ("octopus", 0, [])

    page = client.get(address)

    assert page.status_code == 404


@pytest.mark.once
def test_choosing_a_drawing_removes_the_picture_and_other_changes_keep_it(client, vera, folder):
    name = set_picture(vera, io.BytesIO(picture()), 1_000)

    client.post(EDIT, {"name": "Vera Z", "avatar": name, "is_somebody": "False"})
    vera.refresh_from_db()
    assert (vera.name, vera.avatar) == ("Vera Z", name)

    client.post(EDIT, {"name": "Vera Z", "avatar": "fox", "is_somebody": "False"})
    vera.refresh_from_db()
    assert (vera.avatar, Picture.objects.count()) == ("fox", 0)


@pytest.mark.once
def test_nobody_takes_the_picture_of_another(client, vera):
    name = set_picture(make_user("Cleo"), io.BytesIO(picture()), 1_000)

    answer = client.post(EDIT, {"name": "Vera", "avatar": name, "is_somebody": "False"})

    assert answer.status_code == 422
    vera.refresh_from_db()
    assert vera.avatar == "octopus"


@pytest.mark.once
def test_file_that_two_people_have_stays_until_both_removed_it(
    client, vera, folder, django_capture_on_commit_callbacks
):
    cleo = make_user("Cleo")
    for user in (vera, cleo):
        set_picture(user, io.BytesIO(picture()), 1_000)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(REMOVE)
    page = client.get(f"/pictures/{cleo.avatar}")

    assert page.status_code == 200

    client.force_login(cleo)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(REMOVE)
    assert stored(folder) == []


@pytest.mark.once
def test_operator_removes_a_picture_with_a_reason(client, vera):
    set_picture(vera, io.BytesIO(picture()), 1_000)
    client.force_login(make_operator())

    form = {"name": "Vera", "avatar": "octopus", "is_active": "on", "reason": "Against the rules"}
    client.post(f"/admin/people/user/{vera.pk}/change/", form)

    vera.refresh_from_db()
    assert (vera.avatar, Picture.objects.count()) == ("octopus", 0)
    assert latest_history()[1].endswith("→ octopus. Reason: Against the rules")
