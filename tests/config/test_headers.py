"""The headers of every kind of response, and access to the health checks."""

import pytest
from django.conf import settings as site
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.messages import InCookie, Messages
from people.permissions_policy import permissions
from people.signing_in.sessions import SessionStore
from tests.factories import PASSWORD, make_creator, make_session, make_user
from tests.htmx import HTMX

pytestmark = [pytest.mark.once, pytest.mark.django_db]

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": permissions(),
}


def kinds_of_answers():
    """Yield (kind, status, answer): one of each that leaves the site."""
    anyone, vera = Client(raise_request_exception=False), Client(raise_request_exception=False)
    live, user = make_session(make_creator("Cleo")), make_user("Vera")
    vera.force_login(user)
    otto = make_user("Otto", is_staff=True, is_superuser=True)
    operator = Client()
    operator.force_login(otto)
    room = f"/live/{live.pk}/"
    yield "page for anybody", 200, anyone.get("/economy/")
    yield "page with a form", 200, anyone.get("/accounts/login/")
    yield "private page", 200, vera.get("/wallet/")
    yield "fragment", 200, vera.get("/wallet/recharge/", headers=HTMX)
    yield "room", 200, vera.get(room)
    yield "feed without news", 204, vera.get(f"{room}feed/?after=0")
    yield "redirect to the log-in", 302, anyone.get("/wallet/")
    yield "file", 200, vera.get("/wallet/history/?format=csv")
    yield "static file", 200, anyone.get("/static/css/base.css")
    yield "operator's page", 200, operator.get("/admin/")
    yield "health check", 200, anyone.get("/healthz")
    yield "not there", 404, anyone.get("/nowhere/")
    yield "method not allowed", 405, vera.post("/wallet/history/")
    yield "form refused", 422, vera.post("/wallet/recharge/", {})
    yield "form without its token", 403, Client(enforce_csrf_checks=True).post(f"{room}comment/")
    yield "another host", 400, anyone.get("/", headers={"host": "elsewhere.example.com"})


def test_every_kind_of_answer_has_every_header():
    for kind, status, answer in kinds_of_answers():
        assert answer.status_code == status, kind
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE, kind


def test_no_other_site_may_load_anything():
    for kind, _, answer in kinds_of_answers():
        assert "Access-Control-Allow-Origin" not in answer.headers, kind


def test_every_page_has_its_policy_and_may_stand_in_no_frame():
    plain = {"static file", "health check"}
    for kind, _, answer in kinds_of_answers():
        if kind not in plain:
            assert answer.headers["Content-Security-Policy"].count("default-src 'none'") == 1, kind
        if kind not in plain | {"another host"}:
            assert answer.headers["X-Frame-Options"] == "DENY", kind


def test_fault_of_ours_has_every_header(monkeypatch):
    monkeypatch.setattr("live.views.economy.render", None, raising=False)
    monkeypatch.setattr("config.middleware.zone_from", None)
    answer = Client(raise_request_exception=False).get("/economy/")

    assert answer.status_code == 500
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE


def test_camera_and_microphone_are_for_the_studio_alone(client):
    cleo = make_creator("Cleo")
    client.force_login(cleo.user)
    before = client.get("/live/studio/")
    live = make_session(cleo)
    during = client.get("/live/studio/")

    for page in (before, during):
        assert "camera=(self)" in page.headers["Permissions-Policy"]
        assert "microphone=(self)" in page.headers["Permissions-Policy"]
        assert "geolocation=()" in page.headers["Permissions-Policy"]
    page = client.get(f"/live/{live.pk}/")

    assert "camera=()" in page.headers["Permissions-Policy"]


def test_no_script_reads_a_cookie_that_lets_somebody_in(client):
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": make_user("Vera").email, "password": PASSWORD})

    assert client.cookies[site.CSRF_COOKIE_NAME]["httponly"]
    assert client.cookies[site.SESSION_COOKIE_NAME]["httponly"]

    page = RequestFactory().get("/")

    assert InCookie(page).cookie_name == "messages"


# --- Health checks ------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["10.0.0.7", "10.0.0.7:8000", "[fd00::7]:8000", "site.internal", "%%%", ""])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probe_may_name_any_host(path, host, caplog):
    for method in ("get", "head"):
        answer = getattr(Client(), method)(path, headers={"host": host})

        assert answer.status_code == 200
    assert caplog.records == []

    page = Client().get("/economy/", headers={"host": "10.0.0.7"})

    assert page.status_code == 400


def test_probe_changes_nothing():
    statuses = [
        Client().post("/readyz", headers={"host": "10.0.0.7"}).status_code,
        Client().get("/readyz/", headers={"host": "10.0.0.7"}).status_code,
    ]

    assert statuses == [405, 400]


def test_notice_is_kept_for_the_next_page_and_a_long_one_in_the_session(rf):
    request = rf.get("/")
    request.session = SessionStore()
    long, response = "x" * 5_000, HttpResponse()

    storage = Messages(request)
    assert "storages" not in vars(storage)
    storage.add(20, "Saved")
    storage.add(20, long)
    storage.update(response)

    after = rf.get(
        "/", headers={"Cookie": f"{InCookie.cookie_name}={response.cookies[InCookie.cookie_name].coded_value}"}
    )
    after.session = request.session
    assert [str(message) for message in Messages(after)] == ["Saved", long]
