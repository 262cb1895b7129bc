"""Every Refusal through every view that can raise it, as page and as fragment: its status and words, never a 500.

The views and the functions that raise are read from the source (tests/raising.py); one without a row in LEADS fails.
"""

import html
import sys
from datetime import timedelta
from importlib import import_module
from itertools import product
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.shortcuts import resolve_url
from django.test import Client

from live.gifts.taps import NotEnoughCoins
from live.models import LiveSession
from tests.factories import make_creator, make_user
from tests.htmx import HTMX
from tests.leads import (
    LEADS,
    ROOMS,
    call_back,
    closed_room,
    open_room,
    own_closed_room,
    press,
    room_that_ended,
    send_test,
)
from tests.payouts.signing_in import sign_in_recently
from tests.raising import kinds_of_refusal, verbs_that_views_call

pytestmark = [pytest.mark.django_db, pytest.mark.once]

BOTH = ({}, HTMX)
WORDS = "Rule seven says no to Vera’s 12 “Pandas” & more."
# Arguments of refusals that need more than words.
MADE_WITH = {"NotEnoughCoins": ("Supernova", 10_000, 12), "TooManyComments": (5, 10, timedelta(seconds=7))}


def refuse(kind):
    return kind(*MADE_WITH.get(kind.__name__, (WORDS,)))


def let_raise(monkeypatch, verb, refusal):
    """Replace the function by one that raises what refusal() returns, in every module that imports it."""
    where, name = verb.rsplit(".", 1)
    original = getattr(import_module(where), name)

    def refuses(*args, **kwargs):
        if name == "why_not_affordable":
            return refusal()
        raise refusal()

    for module in [module for place, module in sys.modules.items() if place == where or "views" in place.split(".")]:
        if getattr(module, name, None) is original:
            monkeypatch.setattr(module, name, refuses)


def client_of(person):
    return sign_in_recently(Client(raise_request_exception=False), person)


def ask(person, *request):
    return send(client_of(person), *request)


def send(client, method, address, fields, headers):
    # Reset the counts of the rate limits: all of these requests come within a second.
    cache.clear()
    if "content_type" in fields:
        return client.post(address, **{**fields, "headers": {**fields["headers"], **headers}})
    return getattr(client, method)(address, fields, headers=headers)


def verbs_named(name):
    return [verb for verb in verbs_that_views_call() if verb.rsplit(".", 1)[1] == name]


def test_each_function_that_refuses_in_a_view_is_led_to():
    assert {verb.rsplit(".", 1)[1] for verb in verbs_that_views_call()} == set(LEADS)
    assert all(len(verbs_named(name)) == 1 for name in LEADS)


@pytest.mark.parametrize("name", LEADS)
def test_refusal_is_its_status_and_its_words_as_page_and_as_fragment(name, monkeypatch, unwatched_templates):
    (verb,), now = verbs_named(name), {}
    for lead in LEADS[name]:
        person, *request = lead(monkeypatch) if lead is call_back else lead()
        client, refusals = client_of(person), {kind: refuse(kind) for kind in kinds_of_refusal()}
        signed_in = client.cookies
        with monkeypatch.context() as patched:
            let_raise(patched, verb, lambda: now["refusal"])
            for (kind, refusal), headers in product(refusals.items(), BOTH):
                client.cookies, now["refusal"] = signed_in.copy(), refusal
                answer = send(client, *request, headers)
                assert answer.status_code == refusal.status, (kind, request[1], headers)
                assert str(refusal) in html.unescape(answer.text), (kind, request[1], headers)
                after = refusal.retry_after and str(refusal.retry_after)
                assert answer.get("Retry-After") == after, (kind, request[1], headers)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_tap_that_cannot_be_read_says_so_in_every_room(room, headers):
    person, method, address, fields = press(room)

    answer = ask(person, method, address, {**fields, "price": "5,5"}, headers)

    assert answer.status_code == 422
    assert "This tap could not be read. Nothing was debited; choose the gift again." in answer.text


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_face_that_is_none_says_so_in_every_room(room, headers):
    live, person = room()

    answer = ask(person, "post", resolve_url("appear", live.pk), {"appear": "ghost"}, headers)

    assert answer.status_code == 422
    assert "Choose your name or Somebody. Nothing was changed." in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
def test_rules_that_views_know_themselves_are_409_with_their_words(headers):
    start = make_user(), "post", resolve_url("start-session"), {"title": "Friday strings"}
    late = send_test(room_that_ended)

    answer = ask(*start, headers)

    assert "Become a creator first" in answer.text

    answer = ask(*start, headers)

    assert answer.status_code == 409

    answer = ask(*late, headers)

    assert "This live has ended. A test before the next one" in html.unescape(answer.text)

    answer = ask(*late, headers)

    assert answer.status_code == 409
    assert LiveSession.objects.count() == 1


@pytest.mark.parametrize("room", [closed_room, own_closed_room], ids=lambda room: room.__name__)
def test_closed_tray_keeps_its_followers_to_go_beside_a_refused_tap(room):
    answer = ask(*press(room), {})

    assert answer.status_code == 409
    assert "13 more followers to go" in answer.text
    assert "That is $" not in answer.text


def test_form_that_is_shown_again_still_says_that_the_tray_stays_closed():
    creator = make_creator(followers=987)
    for headers in ({}, HTMX):
        answer = ask(creator.user, "post", resolve_url("start-session"), {"title": ""}, headers)
        assert answer.status_code == 422
        assert 'data-missing="13"' in answer.text


def test_coins_that_are_lacking_are_offered_with_the_gift_kept():
    refusal = NotEnoughCoins("Supernova", 10_000, 100)
    live, vera = open_room()
    fields = {"gift": "supernova", "quantity": 1, "price": 10_000, "tap_id": uuid4()}
    for headers in ({}, HTMX):
        answer = ask(vera, "post", resolve_url("tap", live.pk), fields, headers)
        assert str(refusal) in answer.text
        assert "Get 10,000 coins for $100.00" in answer.text
        assert f"?for=10000&amp;what=supernova&amp;next=%2Flive%2F{live.pk}%2F%3Fgift%3Dsupernova%23tray" in answer.text
