"""Becoming a creator, and changing the page of one."""

import pytest
from django.urls import reverse

from live.creators.creators import become_creator
from live.models import Creator
from people.refusals import Refusal
from tests.factories import make_creator, make_user
from tests.htmx import HTMX

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client):
    vera = make_user("Vera")
    client.force_login(vera)
    return vera


def test_viewer_becomes_a_creator(client, vera):
    page = client.get("/live/studio/")

    assert "Become a creator" in page.content.decode()

    response = client.post("/live/studio/profile/", {"handle": "@Vera-Sings", "name": "Vera Sings", "bio": "Fado."})

    assert (response.status_code, response["Location"]) == (303, "/live/studio/")
    assert Creator.objects.filter(user=vera, handle="vera-sings", name="Vera Sings", bio="Fado.").exists()

    page = client.get("/@vera-sings/")

    assert page.status_code == 200


@pytest.mark.once
@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("handle", "", "This field is required."),
        ("handle", "a b", "Use small letters, digits and hyphens."),
        ("handle", "-vera", "Use small letters, digits and hyphens."),
        ("handle", "ver\u0430", "Use small letters, digits and hyphens."),
        ("handle", "v" * 31, "at most 30 characters"),
        ("handle", "v" * 32, "at most 31 characters"),
        ("handle", "cleo", "Somebody has this handle already."),
        ("name", "", "This field is required."),
        ("name", "Vera\u202e", "The name holds an invisible character."),
        ("name", "v" * 31, "at most 30 characters"),
        ("bio", "b" * 201, "at most 200 characters"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(client, vera, field, value, words):
    Creator.objects.create(user=make_user("Cleo"), handle="cleo", name="Cleo")
    typed = {"handle": "vera", "name": "Vera", "bio": "Fado.", field: value}

    for headers in ({}, HTMX):
        response = client.post("/live/studio/profile/", typed, headers=headers)
        assert response.status_code == 422
        assert words in response.content.decode()
    assert not Creator.objects.filter(user=vera).exists()


def test_handle_that_somebody_took_meanwhile_is_refused():
    become_creator(user=make_user("Cleo"), handle="cleo", name="Cleo")

    with pytest.raises(Refusal, match="Somebody has this handle already"):
        become_creator(user=make_user("Mallory"), handle="cleo", name="Cleo")


def test_nobody_becomes_a_creator_twice():
    cleo = make_creator(followers=0)

    with pytest.raises(Refusal, match="You are a creator already"):
        become_creator(user=cleo.user, handle="another", name="Cleo")


def test_creator_changes_name_and_bio_but_not_the_handle(client):
    cleo = make_creator(followers=0)
    client.force_login(cleo.user)
    handle = cleo.handle

    response = client.post(
        "/live/studio/profile/", {"name": "Cleo Marin", "bio": "Strings.\u202e\nFridays.", "handle": "x"}
    )

    assert (response.status_code, response["Location"]) == (303, reverse("creator", args=[handle]))
    cleo.refresh_from_db()
    assert (cleo.name, cleo.bio, cleo.handle) == ("Cleo Marin", "Strings. Fridays.", handle)
