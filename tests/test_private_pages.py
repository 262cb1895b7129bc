"""Pages for a signed-in person are stored by no cache and no Back button; public pages and files may be.

Every address of the site is asked for in tests/test_every_url.py.
"""

import pytest
from django.test import Client

from tests.factories import PASSWORD, make_user
from tests.test_every_url import moment, people  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_answer_to_a_post_of_a_signed_in_person_may_not_be_stored(people):  # noqa: F811
    clients, _ = people

    answer = clients["vera"].post("/me/edit/", {"name": ""})

    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_public_pages_of_nobody_stay_cacheable(people):  # noqa: F811
    clients, values = people

    for address in ("/", "/economy/", f"/live/{values['session_id']}/", f"/@{values['handle']}/"):
        answer = clients["nobody"].get(address)
        assert answer.status_code == 200
        assert "no-store" not in answer.headers.get("Cache-Control", ""), address


def test_files_stay_cacheable_for_a_signed_in_person(people):  # noqa: F811
    clients, _ = people

    page = clients["vera"].get("/static/css/tokens.css")

    assert "no-store" not in page.headers.get("Cache-Control", "")


def test_address_typed_at_sign_up_isnt_stored_either():
    """The page that asks for the code names the address before log-in."""
    client, known = Client(), make_user("Vera")
    form = {"email": known.email, "name": "Vera", "password1": f"{PASSWORD}-42-x", "password2": f"{PASSWORD}-42-x"}
    client.post("/accounts/signup/", form)

    answer = client.get("/accounts/confirm-email/")

    assert known.email in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
