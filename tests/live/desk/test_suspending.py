"""Acts on a person at the desk: suspend, let in again, end sessions."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from live.desk.suspending import lift_ended_suspensions, suspend_person
from people.access import set_access
from people.models import Suspension
from people.refusals import Refusal
from tests.factories import PASSWORD, make_creator, make_session, make_user
from tests.operator import latest_history, make_operator
from tests.payouts.signing_in import sign_in_recently

pytestmark = pytest.mark.django_db


def page_of(person, act=""):
    return f"/admin/person/{person.pk}/{act and f'{act}/'}"


@pytest.fixture
def recent(client):
    """Otto, who has signed in a moment ago."""
    otto = make_operator()
    sign_in_recently(client, otto)
    return otto


def test_a_suspension_ends_sessions_and_the_live_and_is_in_the_history(client, recent):
    cleo = make_creator("Cleo", followers=1000)
    session = make_session(cleo)

    client.post(page_of(cleo.user, "suspend"), {"reason": "Insults."})

    cleo.user.refresh_from_db()
    session.refresh_from_db()
    suspension = Suspension.objects.get()
    assert (cleo.user.is_active, session.is_live) == (False, False)
    assert (suspension.person, suspension.by, suspension.reason, suspension.until) == (
        cleo.user, recent, "Insults.", None,
    )  # fmt: skip
    assert latest_history() == ("Otto", "Suspended until they are let in. Reason: Insults.")

    page = client.get(page_of(cleo.user))

    assert "Suspended until they are let in" in page.content.decode()


@pytest.mark.once
def test_until_is_typed_in_utc_whatever_the_zone_of_the_browser(client, recent):
    vera = make_user("Vera")
    client.cookies["tz"] = "Asia/Tokyo"

    client.post(page_of(vera, "suspend"), {"reason": "Spam.", "until": "2030-05-04T10:30"})

    assert Suspension.objects.get().until == datetime(2030, 5, 4, 10, 30, tzinfo=UTC)


def test_a_suspension_ends_at_its_moment():
    vera, now = make_user("Vera"), timezone.now()
    suspend_person(vera, by=make_operator(), why="Spam.", until=now + timedelta(days=3))

    lifted = lift_ended_suspensions(now + timedelta(days=2))

    assert lifted == 0

    lifted = lift_ended_suspensions(now + timedelta(days=3))

    assert lifted == 1

    lifted = lift_ended_suspensions(now + timedelta(days=3))

    assert lifted == 0

    vera.refresh_from_db()
    assert vera.is_active
    assert Suspension.objects.get().lifted_by is None


def log_in(person, password=PASSWORD):
    """Post the log-in form in a browser whose zone is not UTC; return the status and the words of the page."""
    browser = Client()
    browser.cookies["tz"] = "Asia/Tokyo"
    page = browser.post("/accounts/login/", {"login": person.email, "password": password}, follow=True)
    return page.status_code, " ".join(page.content.decode().split())


@pytest.mark.once
def test_a_suspended_person_reads_until_when_once_the_password_is_right(settings):
    settings.CONTACT_EMAIL = "help@example.com"
    otto, vera, nova = make_operator(), make_user("Vera"), make_user("Nova")
    suspend_person(vera, by=otto, why="Spam.", until=datetime(2030, 5, 4, 10, 30, tzinfo=UTC))
    suspend_person(nova, by=otto, why="Spam.")

    status, for_a_time = log_in(vera)
    _, until_lifted = log_in(nova)
    _, guessed = log_in(vera, "a wrong guess")

    assert status == 403
    assert "It is suspended until 4 May 2030, 10:30 UTC." in for_a_time
    assert "It is suspended until an operator lifts it." in until_lifted
    for page in (for_a_time, until_lifted):
        assert 'href="mailto:help@example.com"' in page
        assert "closed" not in page
        assert "Spam." not in page
    assert "suspended" not in guessed


@pytest.mark.once
def test_a_deactivated_person_reads_that_the_account_is_closed_and_where_to_write(settings):
    settings.CONTACT_EMAIL = "help@example.com"
    otto, vera = make_operator(), make_user("Vera")
    suspend_person(vera, by=otto, why="Spam.")
    set_access(vera, is_active=False, by=otto)

    _, page = log_in(vera)

    assert "This account is closed" in page
    assert "suspended" not in page
    assert 'href="mailto:help@example.com"' in page


def test_who_was_barred_meanwhile_stays_out_when_the_suspension_ends():
    vera, otto, now = make_user("Vera"), make_operator(), timezone.now()
    suspend_person(vera, by=otto, why="Spam.", until=now + timedelta(days=3))
    vera.refresh_from_db()

    set_access(vera, is_active=False, by=otto)

    lifted = lift_ended_suspensions(now + timedelta(days=4))

    assert lifted == 0

    vera.refresh_from_db()
    assert not vera.is_active


def test_let_in_again_lifts_the_suspension(client, recent):
    vera = make_user("Vera")
    suspend_person(vera, by=recent, why="Spam.")

    client.post(page_of(vera, "let-in"), {"reason": "A mistake."})

    vera.refresh_from_db()
    assert vera.is_active
    assert Suspension.objects.get().lifted_by == recent
    assert latest_history() == ("Otto", "Let in again. Reason: A mistake.")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": "Spam.", "until": "2020-01-01T00:00"}, "until"),
        ({"reason": "Spam.", "until": "9999-12-31T23:59"}, "until"),
        ({"reason": "Spam.", "until": "0001-01-01T00:00"}, "until"),
    ],
)
def test_without_a_reason_or_with_a_moment_out_of_reach_nothing_happens(client, recent, fields, error):
    vera = make_user("Vera")

    response = client.post(page_of(vera, "suspend"), fields)

    assert response.status_code == 422
    assert error in response.context["form"].errors
    vera.refresh_from_db()
    assert (vera.is_active, Suspension.objects.count()) == (True, 0)


def test_an_operator_cant_suspend_themselves_nor_twice(client, recent):
    vera = make_user("Vera")
    suspend_person(vera, by=recent, why="Spam.")

    twice, own = client.post(page_of(vera, "suspend"), {"reason": "Again."}), client.get(page_of(recent, "suspend"))

    assert (twice.status_code, own.status_code) == (409, 409)
    assert "You can&#x27;t deactivate yourself" in own.content.decode()
    with pytest.raises(Refusal, match="can't sign in already"):
        suspend_person(vera, by=recent, why="Again.")
    assert Suspension.objects.count() == 1


def test_acts_ask_for_the_password_unless_it_was_typed_lately(client):
    sign_in_recently(client, make_operator(), ago=600)

    response = client.post(page_of(make_user("Vera"), "suspend"), {"reason": "Spam."})

    assert response.status_code == 302
    assert "reauthenticate" in response["Location"]


def test_ended_sessions_are_signed_out(client, recent):
    vera, browser = make_user("Vera"), Client()
    browser.force_login(vera, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get("/wallet/")

    assert page.status_code == 200

    client.post(page_of(vera, "end-sessions"), {"reason": "A lost phone."})

    page = browser.get("/wallet/")

    assert page.status_code == 302
    assert latest_history() == ("Otto", "Ended all sessions. Reason: A lost phone.")
