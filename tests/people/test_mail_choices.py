"""Which mails a person gets, chosen on a page or stopped by a mail's own link; and notices that count as read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from people.mail.choices import choices_of, choose_mails, recipients_among, stopping_path
from people.models import MailChoices, Notice
from people.notices import already_told, forget_old_notices, notify, notify_each
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client):
    vera = make_user("Vera")
    client.force_login(vera)
    return vera


# --- The page -----------------------------------------------------------------------------------


def test_nobody_gets_a_mail_of_a_kind_that_they_did_not_choose(client, vera):
    page = client.get("/me/mails/").content.decode()

    assert "checked" not in page
    assert recipients_among([vera.pk], "lives") == []
    assert not MailChoices.objects.exists()


def test_choice_is_saved_and_taken_back(client, vera):
    answer = client.post("/me/mails/", {"lives": "on"})
    assert (answer.status_code, answer["Location"]) == (303, "/me/mails/")
    assert [one.address for one in recipients_among([vera.pk], "lives")] == [vera.email]
    assert recipients_among([vera.pk], "statements") == []

    client.post("/me/mails/", {})
    assert recipients_among([vera.pk], "lives") == []


def test_page_takes_four_queries(client, vera, django_assert_num_queries):
    with django_assert_num_queries(4):  # session and user, choices, coin balance, new notices
        client.get("/me/mails/")


def test_deactivated_person_gets_no_mail(vera):
    choose_mails(vera, lives=True)
    type(vera).objects.update(is_active=False)

    assert recipients_among([vera.pk], "lives") == []


# --- The link in a mail -------------------------------------------------------------------------


def test_link_in_a_mail_stops_its_kind_alone_without_a_log_in():
    vera, stranger = make_user("Vera"), Client(enforce_csrf_checks=True)
    choose_mails(vera, lives=True, statements=True)
    path = stopping_path(vera.pk, "lives")

    page = stranger.get(path)

    assert "Stop these mails?" in page.content.decode()
    assert choices_of(vera).lives is True

    for _ in range(2):
        answer = stranger.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "You get no more mails of this kind" in answer.content.decode()
    assert (choices_of(vera).lives, choices_of(vera).statements) == (False, True)


@pytest.mark.once
def test_changed_or_foreign_signature_stops_nothing(client):
    vera, mallory = make_user("Vera"), make_user("Mallory")
    choose_mails(vera, lives=True)
    good, own = stopping_path(vera.pk, "lives"), stopping_path(mallory.pk, "lives")
    mixed = good.split(".")[0] + "." + own.split(".")[1]

    for path in (mixed, good[:-2] + "/", "/mail/stop/x/", "/mail/stop/a.b/", stopping_path(vera.pk, "user")):
        answer = client.post(path)

        assert answer.status_code == 404, path
    assert choices_of(vera).lives is True


@pytest.mark.once
def test_page_of_the_link_is_stored_nowhere(client):
    answer = client.get(stopping_path(make_user("Vera").pk, "lives"))

    assert "no-store" in answer["Cache-Control"]


# --- Notices ------------------------------------------------------------------------------------


def test_notices_on_the_page_count_as_read_and_are_still_marked_as_new(client, vera):
    notify(vera, "Cleo went live.")

    first, second = client.get("/notices/").content.decode(), client.get("/notices/").content.decode()

    assert first.count(">New<") == 1
    assert "1 new notice" not in first
    assert second.count(">New<") == 0


@pytest.mark.once
def test_notices_of_another_page_stay_unread_until_that_page_is_read(client, vera):
    for number in range(21):
        notify(vera, f"Notice {number}.")

    page = client.get("/notices/")

    assert "1 new notice" in page.content.decode()
    assert list(vera.notices.filter(read_at=None).values_list("text", flat=True)) == ["Notice 0."]


@pytest.mark.once
def test_page_that_a_browser_fetches_beforehand_is_not_read(client, vera):
    notify(vera, "Cleo went live.")

    client.get("/notices/", headers={"Sec-Purpose": "prefetch;prerender"})

    assert vera.notices.filter(read_at=None).count() == 1


def test_notice_of_one_event_is_written_once_for_each_user(vera):
    mallory = make_user("Mallory")
    notify_each([vera.pk], "October is ready.", once="statement 2026-10")

    notify_each([vera.pk, mallory.pk], "October is ready.", once="statement 2026-10")
    notify_each([vera.pk], "Thank you.")
    notify_each([vera.pk], "Thank you.")

    assert (vera.notices.count(), mallory.notices.count()) == (3, 1)
    assert already_told([vera.pk, mallory.pk], "statement 2026-10") == {vera.pk, mallory.pk}


def test_notices_of_lives_are_forgotten_after_60_days_and_others_stay(vera):
    old, new = timezone.now() - timedelta(days=61), timezone.now() - timedelta(days=59)
    for moment in (old, new):
        for kind in (Notice.Kind.LIVE, Notice.Kind.MONEY):
            notify(vera, f"{kind} {moment:%j}", now=moment, kind=kind)

    forgotten = [forget_old_notices(), forget_old_notices()]

    assert forgotten == [1, 0]
    assert vera.notices.count() == 3
