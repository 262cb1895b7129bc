"""Static files in production: the error where they weren't collected, and that they can be."""

import pytest
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client, RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from config.deploy_checks import static_files_are_collected
from config.static_files import CollectedFiles, files_not_collected

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def collected(settings, tmp_path, monkeypatch):
    """Return a function that lets the site serve files collected before, of which it has those in its manifest."""

    def serve(names):
        settings.STATIC_ROOT, settings.WHITENOISE_AUTOREFRESH = str(tmp_path), False
        storage = CollectedFiles(location=tmp_path, base_url="/static/")
        storage.hashed_files = {name: name for name in names}
        monkeypatch.setattr(staticfiles_storage, "_wrapped", storage)
        files_not_collected.cache_clear()

    yield serve
    files_not_collected.cache_clear()


def all_files():
    return [path for finder in get_finders() for path, _ in finder.list([])]


def ids(messages):
    return [message.id for message in messages]


@pytest.mark.parametrize("path", ["/economy/", "/nowhere/", "/accounts/login/", "/accounts/inactive/"])
def test_nothing_collected_is_503_in_words(collected, path):
    collected([])
    answer = Client(raise_request_exception=False).get(path)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Its operator must run <code>manage.py collectstatic</code>" in answer.text


def test_log_says_what_to_do(collected, caplog):
    collected([])
    Client(raise_request_exception=False).get("/economy/")

    assert "Run manage.py collectstatic, then start the site again. Missing: " in caplog.text


def test_nothing_collected_is_not_ready(collected):
    collected([])
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.text == f"{len(set(all_files()))} static files aren't collected, for example {min(all_files())}\n"

    page = Client().get("/healthz")

    assert page.status_code == 200


def test_new_file_of_an_upgrade_is_missed(collected):
    collected([name for name in all_files() if name != "css/base.css"])

    page = Client().get("/readyz")

    assert page.text == "1 static files aren't collected, for example css/base.css\n"
    assert ids(static_files_are_collected(None)) == ["ovation.W006"]


def test_all_collected_is_ready_and_no_news(collected):
    collected(all_files())

    statuses = [Client().get("/readyz").status_code, Client().get("/economy/").status_code]

    assert statuses == [200, 200]
    assert static_files_are_collected(None) == []


def test_server_starts_beside_files_that_no_page_names(collected, tmp_path):
    """WhiteNoise takes the hash out of each file's name and asks for the rest, which may be no name of ours."""
    (tmp_path / "gone.0123456789ab.css").write_text("body {}")
    collected(all_files())
    answer = WhiteNoiseMiddleware(lambda request: None)(RequestFactory().get("/static/gone.0123456789ab.css"))

    assert answer.status_code == 200


def test_development_and_the_demo_collect_nothing():
    files_not_collected.cache_clear()

    assert not isinstance(staticfiles_storage, CompressedManifestStaticFilesStorage)
    assert files_not_collected() == []
    assert static_files_are_collected(None) == []
