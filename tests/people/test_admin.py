"""Otto deactivates people and lets them in again; no operator can extend their own rights."""

import pytest
from django.test import Client

from live.desk.suspending import suspend_person
from people.models import User
from tests.factories import PASSWORD, make_creator, make_user
from tests.operator import errors_of, latest_history, make_limited_operator, make_operator

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def save(client, person, **changes):
    form = {"name": person.name, "avatar": person.avatar, "is_active": "on", "reason": "", **changes}
    return client.post(f"/admin/people/user/{person.pk}/change/", {key: value for key, value in form.items() if value})


def as_shown(client, page):
    """The fields of an operator's page as a browser would post them again."""
    form = client.get(page).context["adminform"].form
    return {name: form[name].value() for name in form.fields if form[name].value()}


def test_deactivated_person_is_logged_out_everywhere_for_good(client, otto):
    vera, browser = make_user("Vera"), Client()
    browser.post("/accounts/login/", {"login": vera.email, "password": PASSWORD})
    page = browser.get("/wallet/")

    assert page.status_code == 200

    answer = save(client, vera, is_active="")

    assert errors_of(answer)["reason"] == ["Say why. Nothing was saved."]

    statuses = [
        save(client, vera, is_active="", reason="Stolen account").status_code,
        browser.get("/wallet/").status_code,
    ]

    assert statuses == [302, 302]
    assert latest_history() == ("Otto", "Active: yes → no. Reason: Stolen account")
    # Let in again, the old session stays dead: the thief isn't let in with the owner.
    save(client, vera, reason="It was given back")
    vera.refresh_from_db()
    assert vera.is_active

    page = browser.get("/wallet/")

    assert page.status_code == 302


def test_page_that_was_opened_before_a_suspension_lets_nobody_in(client, otto):
    vera, cleo = make_user("Vera"), make_creator("Cleo")
    pages = {vera: f"/admin/people/user/{vera.pk}/change/", cleo.user: f"/admin/live/creator/{cleo.pk}/change/"}
    forms = {person: as_shown(client, page) for person, page in pages.items()}
    for person in pages:
        suspend_person(person, by=otto, why="Spam.")

    for person, page in pages.items():
        client.post(page, {**forms[person], "name": f"{person.name} the Great", "reason": "They asked."})
        person.refresh_from_db()

    assert latest_history() == ("Otto", "Name: Cleo → Cleo the Great. Reason: They asked.")
    assert vera.name == "Vera the Great"
    assert [(person.is_active, person.suspensions.get().lifted_at) for person in pages] == [(False, None)] * 2


def test_operator_can_not_lock_themselves_out(client, otto):
    form = {"is_active": "", "is_staff": "on", "is_superuser": "on", "reason": "A slip"}
    answer = save(client, otto, **form)

    assert "yourself" in errors_of(answer)["is_active"][0]

    otto.refresh_from_db()
    assert otto.is_active


def test_limited_operator_can_not_widen_rights_or_touch_a_superuser(client):
    lena, otto = make_limited_operator("people.change_user", "people.view_user"), make_operator()
    client.force_login(lena)
    vera = make_user("Vera")
    save(client, vera, is_superuser="on", is_staff="on", reason="A favour")
    save(client, lena, is_superuser="on", reason="A favour")
    answer = save(client, otto, is_active="", reason="A coup")

    assert answer.status_code == 403
    assert User.objects.filter(is_superuser=True).get() == otto
    assert not User.objects.get(pk=vera.pk).is_staff

    page = client.get("/admin/auth/group/add/")

    assert page.status_code == 403


@pytest.mark.parametrize("address", ["account/emailaddress/", "mfa/authenticator/", "usersessions/usersession/"])
def test_addresses_second_factors_and_sessions_are_their_owner_s(client, otto, address):
    page = client.get(f"/admin/{address}")

    assert page.status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_people_are_neither_added_nor_deleted_here(client, otto, method):
    vera = make_user("Vera")
    assert getattr(client, method)("/admin/people/user/add/").status_code == 403
    assert getattr(client, method)(f"/admin/people/user/{vera.pk}/delete/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_three_queries(client, otto, django_assert_num_queries, count):
    for number in range(count):
        make_user(f"Vera{number}")
    with django_assert_num_queries(3):
        client.get("/admin/people/user/")
