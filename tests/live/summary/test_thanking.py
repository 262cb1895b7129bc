"""The form of thanks: to everybody or to one giver, once each, by the creator alone."""

import pytest

from live.faces import key_of
from live.models import Thanks
from tests.factories import make_creator, make_session, make_user, tap
from tests.htmx import HTMX
from tests.live.summary.addresses import summary, thanks

pytestmark = pytest.mark.django_db


def test_creator_thanks_everybody_in_own_words(client, ended, vera, imani):
    response = client.post(thanks(ended), {"words": "See you\u202e on Friday."})

    assert (response.status_code, response["Location"]) == (303, summary(ended))
    assert set(Thanks.objects.values_list("gifter__name", "words")) == {
        ("Vera", "See you on Friday."),
        ("Imani", "See you on Friday."),
    }
    assert vera.notices.count() == imani.notices.count() == 1
    shown = client.get(summary(ended)).content.decode()
    assert shown.count("Thanked</span>") == 2
    assert "Everybody who gave has your thanks." in shown


def test_creator_thanks_one(client, ended, vera, imani):
    client.post(thanks(ended), {"words": "Thank you, Vera.", "gifter": key_of(vera.pk, ended.pk, False)})

    assert list(Thanks.objects.values_list("gifter", flat=True)) == [vera.pk]
    assert not imani.notices.exists()

    page = client.get(summary(ended))

    assert "Thank the other 1" in page.content.decode()


def test_thanks_with_htmx_answer_with_the_list(client, ended, vera):
    response = client.post(
        thanks(ended), {"words": "Thank you.", "gifter": key_of(vera.pk, ended.pk, False)}, headers=HTMX
    )

    shown = response.content.decode()
    assert response.status_code == 200
    assert shown.startswith('<section class="card" id="gifters">')
    assert "1 person has your thanks." in shown


def test_thanks_twice_are_sent_once(client, ended, vera):
    for _ in range(2):
        client.post(thanks(ended), {"words": "Thank you."})

    assert vera.notices.count() == 1

    page = client.get(summary(ended))

    assert "Nothing was sent twice." in page.content.decode()


@pytest.mark.once
@pytest.mark.parametrize(
    "fields",
    [
        {"words": ""},
        {"words": "\u200b"},
        {"words": "w" * 201},
        {"words": "Thank you.", "gifter": str(2**63)},
        {"words": "Thank you.", "gifter": "9" * 40},
        {"words": "Thank you.", "gifter": "-1"},
        {"words": "Thank you.", "gifter": "٣"},
        {"words": "Thank you.", "gifter": "0"},
        {"words": "Thank you.", "gifter": "vera"},
        {"words": "Thank you.", "gifter": ""},
    ],
)
def test_thanks_that_cannot_be_are_422_and_reach_nobody(client, ended, fields):
    for headers in ({}, HTMX):
        response = client.post(thanks(ended), fields, headers=headers)
        assert response.status_code == 422
        assert 'class="error' in response.content.decode()
    assert not Thanks.objects.exists()


def test_thanks_to_somebody_who_did_not_give_are_422(client, ended):
    response = client.post(
        thanks(ended), {"words": "Thank you.", "gifter": key_of(make_user("Mallory").pk, ended.pk, False)}
    )

    assert response.status_code == 422
    assert "Choose people who gave in this live." in response.content.decode()


def test_thanks_while_live_are_refused(client, vera):
    session = make_session()
    tap(vera, session)
    client.force_login(session.creator.user)

    response = client.post(thanks(session), {"words": "Thank you."}, headers=HTMX)

    assert response.status_code == 409
    assert "End the live first" in response.content.decode()
    assert not Thanks.objects.exists()


def test_nobody_else_thanks(client, ended, vera):
    for somebody in (vera, make_creator("Mallory", followers=3).user, make_user("Otto", is_staff=True)):
        client.force_login(somebody)
        answer = client.post(thanks(ended), {"words": "Thank you."})

        assert answer.status_code == 404
    assert not Thanks.objects.exists()


def test_gifter_reads_the_thanks(client, ended, vera, imani):
    client.post(thanks(ended), {"words": "Thank you, Vera.", "gifter": key_of(vera.pk, ended.pk, False)})

    client.force_login(vera)
    shown = client.get(thanks(ended)).content.decode()
    assert "Cleo thanks you" in shown
    assert "Thank you, Vera." in shown
    assert "5,000 coins<small>$50.00</small>" in shown
    for somebody in (imani, make_user("Mallory")):
        client.force_login(somebody)
        page = client.get(thanks(ended))

        assert page.status_code == 404


def test_creator_reads_the_list_of_thanks(client, ended):
    page = client.get(thanks(ended))

    assert "Thank all 2" in page.content.decode()


@pytest.mark.once
def test_words_never_become_markup(client, ended, vera):
    client.post(thanks(ended), {"words": "<b hx-get=/x>hi</b>"})

    for page in (summary(ended), thanks(ended)):
        shown = client.get(page)

        assert "<b hx-get" not in shown.content.decode()
    client.force_login(vera)
    page = client.get(thanks(ended))

    assert "<b hx-get" not in page.content.decode()
