"""Requests without a database query are answered beside the threads of pages."""

import pytest
from django.conf import settings
from django.urls import reverse

from config.no_database import asks_no_database
from tests.factories import make_user

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def scope_of(path, *, method="GET", cookie=None):
    return {"path": path, "method": method, "headers": [(b"cookie", cookie.encode())] if cookie else []}


@pytest.mark.parametrize("path", ["/healthz", "/static/css/base.css", "/accounts/login/"])
def test_health_check_static_files_and_the_log_in_form_ask_no_database(client, path, django_assert_num_queries):
    assert asks_no_database(scope_of(path))
    with django_assert_num_queries(0):
        page = client.get(path)

    assert page.status_code == 200


def test_health_check_asks_no_database_for_a_session_either(client, django_assert_num_queries):
    client.force_login(make_user("Vera"))
    with django_assert_num_queries(0):
        page = client.get("/healthz")

    assert page.status_code == 200


def test_pages_and_log_ins_stay_among_the_pages():
    login, session = reverse("account_login"), f"csrftoken=c; {settings.SESSION_COOKIE_NAME}=s"

    assert asks_no_database(scope_of(login, cookie="csrftoken=c"))
    assert asks_no_database(scope_of(login, cookie="no:cookie/at all; ="))
    assert not asks_no_database(scope_of(login, cookie=session))
    assert not asks_no_database(scope_of(login, method="POST"))
    assert not any(asks_no_database(scope_of(path)) for path in ("/", "/readyz", "/wallet/", "/healthz/x", "/statics"))
