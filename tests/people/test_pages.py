"""The reader's own pages: profile, notices, and the mails of the demo."""

import re

import pytest
from django.core.mail import EmailMessage

from people.forms import ProfileForm
from people.models import User
from people.notices import notify
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.once]


# --- Profile -------------------------------------------------------------------------------------


def test_profile_leads_to_balance_behind_its_three_dots(client):
    vera = make_user("Vera", coins=2_500)
    client.force_login(vera)
    page = client.get("/me/").content.decode()
    assert 'aria-label="More: balance, notices, your account"' in page
    assert 'href="/wallet/"' in page
    assert "2,500" in page


def test_profile_takes_three_queries(client, django_assert_num_queries):
    client.force_login(make_user("Vera"))
    with django_assert_num_queries(3):  # session and user, coin balance, new notices
        client.get("/me/")


def test_name_and_picture_are_changed(client):
    vera = make_user("Vera")
    client.force_login(vera)
    answer = client.post("/me/edit/", {"name": "  Vera  Lind ", "avatar": "fox"})
    assert (answer.status_code, answer["Location"]) == (303, "/me/")
    vera.refresh_from_db()
    assert (vera.name, vera.avatar) == ("Vera Lind", "fox")


def test_people_choose_whether_lives_show_their_name(client):
    vera = make_user("Vera")
    client.force_login(vera)
    asked = {"name": "Vera", "avatar": "fox"}
    # Fields that weren't sent stay unchanged, and unknown values are refused.
    for sent, status, stays in (("True", 303, True), ("", 303, True), ("yes", 422, True), ("False", 303, False)):
        answer = client.post("/me/edit/", asked | ({"is_somebody": sent} if sent else {}))

        assert answer.status_code == status

        vera.refresh_from_db()
        assert vera.is_somebody is stays
    page = client.get("/me/edit/")

    assert page.context["form"]["is_somebody"].value() is False


@pytest.mark.parametrize("wrong", [{"name": "\u202eareV"}, {"name": "A" * 31}, {"name": ""}, {"avatar": "../../etc"}])
def test_a_wrong_name_or_picture_is_shown_again_and_not_stored(client, wrong):
    vera = make_user("Vera")
    client.force_login(vera)
    answer = client.post("/me/edit/", {"name": "Vera", "avatar": "fox", **wrong})
    assert answer.status_code == 422
    assert b"errorlist" in answer.content
    vera.refresh_from_db()
    assert (vera.name, vera.avatar) == ("Vera", "octopus")


def test_profile_that_is_saved_while_an_operator_closes_the_account_leaves_it_closed():
    vera = make_user("Vera")
    form = ProfileForm({"name": "Vera", "avatar": "owl"}, instance=vera)
    assert form.is_valid()
    User.objects.update(is_active=False, is_somebody=True)
    form.save()
    vera.refresh_from_db()
    assert (vera.avatar, vera.is_active, vera.is_somebody) == ("owl", False, True)


def test_profile_form_changes_nothing_else(client):
    vera = make_user("Vera")
    client.force_login(vera)
    client.post("/me/edit/", {"name": "Vera", "avatar": "fox", "is_staff": "on", "email": "mallory@example.com"})
    vera.refresh_from_db()
    assert not vera.is_staff
    assert vera.email != "mallory@example.com"


@pytest.mark.parametrize("path", ["/me/", "/me/edit/", "/notices/"])
def test_nobody_is_sent_to_log_in(client, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"


# --- Notices -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_notices_take_the_same_queries_however_many(client, django_assert_num_queries, count):
    vera = make_user("Vera")
    for number in range(count):
        notify(vera, f"Cleo thanks you for gift {number}.", "/live/")
    client.force_login(vera)
    with django_assert_num_queries(6):  # session and user, count, notices, read, coin balance, new notices
        page = client.get("/notices/").content.decode()
    assert page.count("Cleo thanks you") == count


def test_notices_are_the_readers_own(client):
    notify(make_user("Cleo"), "A withdrawal of $250.00 was paid.")
    client.force_login(make_user("Vera"))
    page = client.get("/notices/").content.decode()
    assert "250.00" not in page
    assert "Nothing yet" in page


def test_marking_as_read_is_a_post_and_touches_only_ones_own(client):
    vera, cleo = make_user("Vera"), make_user("Cleo")
    for user in (vera, cleo):
        notify(user, "Something happened.")
    client.force_login(vera)
    page = client.get("/notices/read/")

    assert page["Location"] == "/notices/"
    assert vera.notices.filter(read_at=None).count() == 1

    answer = client.post("/notices/read/")

    assert answer.status_code == 303
    assert vera.notices.filter(read_at=None).count() == 0
    assert cleo.notices.filter(read_at=None).count() == 1


def test_a_notice_is_text_never_markup(client):
    vera = make_user("Vera")
    notify(vera, "<img src=x onerror=alert(1)> thanks you.")
    client.force_login(vera)
    page = client.get("/notices/")

    assert b"<img src=x" not in page.content


def test_new_notices_are_counted_in_the_menu(client):
    vera = make_user("Vera")
    notify(vera, "Cleo thanks you.")
    client.force_login(vera)
    page = client.get("/me/")

    assert 'aria-label="Your menu, 1 new notice"' in page.content.decode()


# --- The mails of the demo -----------------------------------------------------------------------


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.MAILBOX = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def test_mail_pages_are_not_there_when_the_mailbox_is_off(client, settings, tmp_path):
    settings.MAILBOX = False
    settings.EMAIL_FILE_PATH = str(tmp_path)
    statuses = [client.get("/mail/").status_code, client.get("/mail/anything-1/").status_code]

    assert statuses == [404, 404]


def test_mails_are_listed_newest_first_and_read_as_text(client, mailbox):
    EmailMessage("First", "One <b>bold</b> word — and a dash.", to=["vera@example.com"]).send()
    EmailMessage("Second <i>", "Two", to=["cleo@example.com"]).send()
    page = client.get("/mail/").content.decode()
    assert page.index("Second &lt;i&gt;") < page.index("First")
    address = re.search(r'href="(/mail/[^"]+)"[^>]*>(?:(?!</a>).)*First', page, re.DOTALL)[1]
    letter = client.get(address).content.decode()
    assert "One &lt;b&gt;bold&lt;/b&gt; word — and a dash." in letter


def test_an_empty_mailbox_says_what_it_is_for(client, mailbox):
    page = client.get("/mail/")

    assert b"No mail yet" in page.content


@pytest.mark.parametrize("slug", ["nothing-1", "passwd", "a" * 300])
def test_a_mail_that_is_not_there_is_not_found(client, mailbox, slug):
    page = client.get(f"/mail/{slug}/")

    assert page.status_code == 404
