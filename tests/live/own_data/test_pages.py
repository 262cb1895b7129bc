"""The page from which one's own data is taken: a recent log-in, few files a minute, nothing kept by caches."""

import pytest

from tests.factories import make_user
from tests.live.own_data.reading import PAGE
from tests.payouts.signing_in import let_time_pass, sign_in_recently

pytestmark = pytest.mark.django_db


def test_profile_leads_to_the_page_that_says_what_is_in_the_file(client):
    client.force_login(make_user())

    profile, page = client.get("/me/").text, client.get(PAGE).text

    assert f'href="{PAGE}"' in profile
    assert "<li>Every gift that you sent.</li>" in page
    assert "Secrets: your password" in page


def test_log_in_of_more_than_five_minutes_ago_is_asked_to_confirm_and_comes_back(client):
    sign_in_recently(client, make_user())
    let_time_pass(client)

    asked = client.post(PAGE, {"format": "zip"})
    confirmed = client.post(asked["Location"], {"password": "ovation"})
    page = client.get(PAGE).text
    file = client.post(PAGE, {"format": "zip"})

    assert (asked.status_code, asked["Location"]) == (302, "/accounts/reauthenticate/?next=%2Fme%2Fdata%2F")
    assert confirmed["Location"] == PAGE
    assert "Choose the file once more" in page
    assert (file.status_code, file["Content-Type"]) == (200, "application/zip")


@pytest.mark.parametrize(("kind", "content_type"), [("zip", "application/zip"), ("json", "application/json")])
def test_file_is_named_after_the_site_and_no_cache_keeps_it(client, kind, content_type):
    answer = sign_in_recently(client, make_user()).post(PAGE, {"format": kind})

    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"] == f'attachment; filename="ovation-own-data.{kind}"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.streaming


@pytest.mark.parametrize("format", ["", "xml", "zip\x00", "é" * 5_000])
def test_unknown_kind_of_file_is_refused_in_words(client, format):
    answer = sign_in_recently(client, make_user()).post(PAGE, {"format": format})

    assert answer.status_code == 422
    assert "Choose tables or JSON." in answer.text


def test_fifth_file_within_a_minute_is_refused(client):
    sign_in_recently(client, make_user())

    *answers, answer = [client.post(PAGE, {"format": "json"}) for _ in range(5)]

    assert {one.status_code for one in answers} == {200}
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Too many files were made within a minute" in answer.text


def test_page_costs_no_query_of_the_data(client, django_assert_num_queries):
    sign_in_recently(client, make_user())
    client.get(PAGE)

    with django_assert_num_queries(4):
        client.get(PAGE)
