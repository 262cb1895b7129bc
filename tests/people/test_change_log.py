"""“What happened”: everything an operator did, who, what, from, to and why; searched, filtered, and as CSV."""

import csv
import io

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from tests.factories import make_user
from tests.operator import make_limited_operator, make_operator
from tests.people.test_admin import save

pytestmark = pytest.mark.django_db

LOG = "/admin/people/operatoraction/"


@pytest.fixture
def two_changes(client, otto):
    """Otto renames Vera, and Lena lets nobody in."""
    vera, noor = make_user("Vera"), make_user("Noor")
    save(client, vera, name="Vee", reason="She asked")
    ann = make_operator("Ann")
    other = Client()
    other.force_login(ann)
    save(other, noor, is_active="", reason='=Stolen; "really" → yes')
    return vera, noor, ann


def rows_of(response):
    """Return the rows of a list as text, cell by cell."""
    actions = response.context["cl"].result_list
    admin = response.context["cl"].model_admin
    return [(admin.who(one), one.object_repr, admin.why(one)) for one in actions]


def file_of(response):
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_list_shows_who_what_from_to_and_why(client, two_changes):
    page = client.get(LOG)

    assert rows_of(page) == [("Ann", "Noor", '=Stolen; "really" → yes'), ("Otto", "Vee", "She asked")]
    assert "<li><b>Name</b>: <del>Vera</del> <span>→</span> <ins>Vee</ins></li>" in page.text
    assert 'href="/economy/changes/"' in page.text
    assert f'<a href="/admin/people/user/{two_changes[0].pk}/change/">Vee</a>' in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=asked", ["Vee"]),
        ("?q=vera", ["Vee"]),
        ("?q=ann", ["Noor"]),
        ("?q={mail}", ["Noor"]),
        ("?q=nothing", []),
        ("?who={ann}", ["Noor"]),
        ("?who=999", ["Noor", "Vee"]),
        ("?who=x", ["Noor", "Vee"]),
        ("?kind={kind}", ["Noor", "Vee"]),
        ("?action_time__gte=2000-01-01+00%3A00%3A00%2B00%3A00", ["Noor", "Vee"]),
        ("?action_time__lt=2000-01-01+00%3A00%3A00%2B00%3A00", []),
    ],
)
def test_list_and_file_are_searched_and_filtered_alike(client, two_changes, query, found):
    ann = two_changes[2]
    kind = LogEntry.objects.latest("id").content_type_id
    query = query.format(ann=ann.pk, mail=ann.email.upper(), kind=kind)

    pages = [of for _, of, _ in rows_of(client.get(LOG + query))]

    assert pages == found

    pages = [row["of"] for row in file_of(client.get(f"{LOG}csv/{query}"))]

    assert pages == found


def test_file_has_a_row_for_each_changed_field_and_no_formula(client, otto):
    vera = make_user("Vera")
    save(client, vera, name="=Vee", is_active="", reason="=1+1")

    rows = file_of(client.get(f"{LOG}csv/"))

    said = [(row["who"], row["kind"], row["field"], row["from"], row["to"], row["why"]) for row in rows]
    assert said == [
        ("Otto", "User", "Name", "Vera", "'=Vee", "'=1+1"),
        ("Otto", "User", "Active", "yes", "no", "'=1+1"),
    ]


def test_address_that_no_link_has_leads_to_the_whole_list(client, otto):
    page = client.get(f"{LOG}csv/?action_time__regex=x")

    assert page.status_code in (302, 303, 400)

    page = client.get(f"{LOG}csv/?action_time__gte=x")

    assert page.status_code in (302, 303)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_five_queries_and_the_file_too(client, otto, django_assert_num_queries, count):
    for number in range(count):
        save(client, make_user(f"Vera{number}"), name=f"Vee{number}", reason="She asked")

    with django_assert_num_queries(5):
        client.get(LOG)
    with django_assert_num_queries(5):
        file_of(client.get(f"{LOG}csv/"))


def test_log_needs_its_own_permission(client, two_changes):
    client.force_login(make_limited_operator("people.view_user", "people.change_user"))
    statuses = [client.get(LOG).status_code, client.get(f"{LOG}csv/").status_code]

    assert statuses == [403, 403]


def test_reader_of_the_log_changes_nothing_in_it(client, two_changes):
    client.force_login(make_limited_operator("people.view_operatoraction"))
    key = LogEntry.objects.latest("id").pk

    statuses = [
        client.get(LOG).status_code,
        client.get(f"{LOG}{key}/change/").status_code,
        client.post(f"{LOG}{key}/change/", {"change_message": "x"}).status_code,
        client.post(f"{LOG}{key}/delete/", {"post": "yes"}).status_code,
        client.get(f"{LOG}add/").status_code,
    ]

    assert statuses == [200, 200, 403, 403, 403]
    assert LogEntry.objects.count() == 2
