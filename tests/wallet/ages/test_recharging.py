"""The first recharge asks for the age of the terms: on the page, and on the server at every door."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.factories import confirm, make_recharge, make_user, package_of
from tests.htmx import HTMX
from tests.wallet.ages.proving import set_age
from tests.wallet.paging import START, choice, words
from wallet.ages import AgeRefused, age_to_declare, declare_age
from wallet.models import AgeDeclaration, Recharge
from wallet.recharges import start_recharge

pytestmark = pytest.mark.django_db
BOX = '<input type="checkbox" name="of_age" value="18" required id="id_of_age">'


@pytest.fixture
def newcomer(client):
    newcomer = make_user("Imani", declared=False)
    client.force_login(newcomer)
    return newcomer


@pytest.mark.parametrize("page", ["/wallet/", START, f"{START}?for=700&what=skyline&next=/live/"])
def test_first_recharge_asks_for_the_age_wherever_packages_are(client, newcomer, page):
    text = words(client.get(page))

    assert BOX in text
    assert "I am 18 or older." in text


def test_tick_is_kept_with_its_moment_age_and_terms_and_the_recharge_starts(client, newcomer):
    with time_machine.travel("2026-12-01T10:00:00Z", tick=False):
        answer = client.post(START, choice(of_age="18"))
        now = timezone.now()

    declared = AgeDeclaration.objects.get()
    assert answer.status_code == 303
    assert newcomer.recharges.count() == 1
    assert (declared.person, declared.age, declared.terms.least_age) == (newcomer, 18, 18)
    assert (declared.provider, declared.reference, declared.declared_at) == ("declaration", "", now)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_recharge_without_the_tick_is_refused_in_words_and_keeps_what_was_chosen(client, newcomer, headers):
    wish = choice(package="coins-1000", method="paypal")

    answer = client.post(START, wish, headers=headers)

    text = words(answer)
    assert answer.status_code == 422
    assert "Tick the box if you are 18 or older. This is for nobody younger." in text
    assert f'name="recharge_id" value="{wish["recharge_id"]}"' in text
    assert [name for name in ("coins-1000", "paypal") if f'value="{name}"' in text] == ["coins-1000", "paypal"]
    assert answer.context["form"]["package"].value() == "coins-1000"
    assert not Recharge.objects.exists()
    assert not AgeDeclaration.objects.exists()


@pytest.mark.parametrize(("tick", "status", "recharges"), [({}, 422, 0), ({"of_age": "18"}, 303, 1)])
def test_exact_amount_asks_as_a_package_does(client, newcomer, tick, status, recharges):
    answer = client.post(START, choice(package="exact", coins="380", **tick))

    assert answer.status_code == status
    assert newcomer.recharges.filter(coins=380).count() == recharges


def test_tick_stays_when_something_else_is_wrong(client, newcomer):
    answer = client.post(START, choice(package="", of_age="18"))

    assert answer.status_code == 422
    assert 'name="of_age" value="18" required id="id_of_age" checked' in words(answer)
    assert not AgeDeclaration.objects.exists()


@pytest.mark.parametrize("typed", ["17", "on", "19", "１８", "18\x00", "x" * 5_000, "-1"])
def test_another_age_than_the_one_asked_for_declares_nothing(client, newcomer, typed):
    answer = client.post(START, choice(of_age=typed))

    assert answer.status_code == 422
    assert "The age is 18." in words(answer)
    assert not AgeDeclaration.objects.exists()


def test_second_recharge_asks_no_more(client, newcomer):
    client.post(START, choice(of_age="18"))

    page = words(client.get(START))
    answer = client.post(START, choice())

    assert "of_age" not in page
    assert answer.status_code == 303
    assert newcomer.recharges.count() == 2


def test_person_who_has_recharged_before_is_asked_at_the_next_one(client, newcomer):
    declare_age(newcomer, 18)
    confirm(make_recharge(newcomer))
    set_age(21)

    page = words(client.get(START))
    refused = client.post(START, choice())

    assert 'name="of_age" value="21"' in page
    assert refused.status_code == 422
    assert newcomer.recharges.count() == 1


def test_lower_age_and_one_that_is_announced_ask_nobody_again(client):
    vera = make_user()
    set_age(16)
    set_age(21, timezone.now() + timedelta(days=30))

    assert age_to_declare(vera) is None
    assert age_to_declare(vera, timezone.now() + timedelta(days=31)) == 21


def test_age_that_was_raised_while_the_page_was_open_is_asked_for_anew(client, newcomer):
    set_age(21)

    answer = client.post(START, choice(of_age="18"))

    assert answer.status_code == 422
    assert "The age is 21. Tick the box if you are 21 or older." in words(answer)
    assert not AgeDeclaration.objects.exists()


def test_verb_refuses_too_so_no_door_is_open(newcomer):
    with pytest.raises(AgeRefused, match="for people of 18 or older"):
        start_recharge(user=newcomer, package=package_of(500), method="card", recharge_id=uuid4())

    assert not Recharge.objects.exists()


def test_recharge_that_was_started_before_goes_on(newcomer):
    declare_age(newcomer, 18)
    begun = make_recharge(newcomer)
    set_age(21)

    again = make_recharge(newcomer, recharge_id=begun.pk)
    outcome = confirm(begun)

    assert again == begun
    assert outcome == "confirmed"


def test_declaration_is_kept_once_and_never_edited(newcomer):
    first = declare_age(newcomer, 18)

    again = declare_age(newcomer, 18)

    assert again == first
    for change in (lambda: AgeDeclaration.objects.update(age=99), AgeDeclaration.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_declaration_costs_one_query_to_ask_for(newcomer, django_assert_num_queries):
    with django_assert_num_queries(1):
        age = age_to_declare(newcomer)

    assert age == 18
