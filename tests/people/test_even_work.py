"""Forms without log-in do the same work for an address with an account as for one without."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cost(monkeypatch):
    """Return a function that posts a form and returns its cost: hashes, queries that read or write, mails."""
    hashes = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: (hashes.append(1), encode(*args))[1])

    def of(path, **form):
        cache.clear()
        hashes.clear()
        mailed = len(mail.outbox)
        with CaptureQueriesContext(connection) as queries:
            answer = Client().post(path, form)
        kinds = [query["sql"].split()[0] for query in queries]
        plain = sorted(word for word in kinds if word in ("SELECT", "INSERT", "UPDATE", "DELETE"))
        return (answer.status_code, answer.headers.get("Location")), len(hashes), plain, len(mail.outbox) - mailed

    return of


def sign_up(cost, email):
    return cost("/accounts/signup/", email=email, name="Vera", password1="a curtain falls", password2="a curtain falls")


def test_sign_up_costs_the_same_for_a_known_address_and_a_new_one(cost):
    known = make_user("Vera")

    of_known, of_new = sign_up(cost, known.email), sign_up(cost, "new@example.com")

    assert of_known == of_new
    assert of_known[1] == 1
    assert len(of_known[2]) == 16


def test_sign_up_with_a_known_address_leaves_nothing_behind(cost):
    known = make_user("Vera")

    sign_up(cost, known.email)

    assert list(User.objects.all()) == [known]
    assert [address.user for address in known.emailaddress_set.model.objects.all()] == [known]
    assert [message.to for message in mail.outbox] == [[known.email]]
    known.refresh_from_db()
    assert known.check_password(PASSWORD)


@pytest.mark.parametrize("of_whom", ["unverified", "inactive"])
def test_sign_up_with_an_address_that_cannot_log_in_costs_the_same(cost, of_whom):
    user = make_user("Vera", is_active=of_whom != "inactive")
    user.emailaddress_set.update(verified=of_whom != "unverified")

    of_known, of_new = sign_up(cost, user.email), sign_up(cost, "new@example.com")

    assert of_known == of_new


def test_wrong_password_costs_the_same_hashes_for_a_known_address_and_none(cost):
    known = make_user("Vera")

    of_known = cost("/accounts/login/", login=known.email, password="wrong")
    of_none = cost("/accounts/login/", login="nobody@example.com", password="wrong")

    assert of_known[1] == of_none[1] > 0
    assert of_known[0] == of_none[0]


def test_reset_of_a_password_costs_the_same_hashes_and_mails_for_a_known_address_and_none(cost):
    known = make_user("Vera")

    of_known = cost("/accounts/password/reset/", email=known.email)
    of_none = cost("/accounts/password/reset/", email="nobody@example.com")

    assert (of_known[0], of_known[1], of_known[3]) == (of_none[0], of_none[1], of_none[3])
    assert abs(len(of_known[2]) - len(of_none[2])) <= 2
