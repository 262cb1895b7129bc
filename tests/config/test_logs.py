"""The log has what an operator must act on, and no text that a client sent."""

import io
import logging

import pytest
from django.test import Client

from config.logs import RefusalsAreNoNews
from config.settings import LOGGING
from tests.factories import make_session, make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def log():
    """Return the output of the site's console handler."""
    assert LOGGING["handlers"]["console"]["filters"] == ["no_refusals", "once"]
    handler = logging.StreamHandler(io.StringIO())
    handler.addFilter(RefusalsAreNoNews())
    handler.setFormatter(logging.Formatter("{levelname} {name}: {message}", style="{"))
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


def refused_in_every_way(settings):
    """Send missing addresses, refused actions, invalid forms and unreadable bodies. Return the statuses."""
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    room, web = f"/live/{make_session().pk}/", Client(raise_request_exception=False)
    yield web.get("/nowhere/").status_code
    yield Client(enforce_csrf_checks=True).post(f"{room}comment/").status_code
    web.force_login(make_user("Vera"))
    yield web.post("/").status_code
    yield web.post(f"{room}tap/", {"gift": "panda", "quantity": "0"}).status_code
    yield web.post(f"{room}tap/", {str(number): "" for number in range(9)}).status_code
    yield web.generic("POST", f"{room}tap/", "x", content_type="multipart/form-data; boundary=é").status_code


def test_refused_and_malformed_requests_are_no_lines_of_an_operators_log(log, settings):
    answer = refused_in_every_way(settings)

    assert list(answer) == [404, 403, 405, 422, 400, 400]
    assert log.getvalue() == ""


def test_with_info_each_is_one_line_without_a_traceback(log, settings, caplog):
    with caplog.at_level(logging.INFO):
        told = list(refused_in_every_way(settings))
    lines = log.getvalue().splitlines()
    assert len(lines) == len(told)
    assert {line.split()[0] for line in lines} == {"INFO"}
    assert "INFO django.request: Not Found: /nowhere/" in lines


def test_faults_of_ours_and_a_host_that_is_not_ours_stay(log, monkeypatch):
    web = Client(raise_request_exception=False)
    answer = web.get("/", headers={"host": "ovation.example.com"})
    assert (answer.status_code, "We could not read that" in answer.text) == (400, True)
    assert log.getvalue() == (
        "WARNING django.security.DisallowedHost: Invalid HTTP_HOST header: 'ovation.example.com'. "
        "You may need to add 'ovation.example.com' to ALLOWED_HOSTS.\n"
    )
    monkeypatch.setattr("config.views.MigrationExecutor", None)
    page = web.get("/readyz")

    assert page.status_code == 500
    assert "ERROR django.request: Internal Server Error: /readyz\nTraceback" in log.getvalue()
