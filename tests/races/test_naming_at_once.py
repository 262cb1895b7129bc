"""Sign-ups at once with names that look alike: one of each look gets through."""

import pytest

from people.models import TakenName
from people.taken_names import NameRefused, take_name
from tests.factories import make_user
from tests.races.threads import at_once, raised, rounds, succeeded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@rounds
def test_of_32_names_that_look_alike_one_spelling_is_taken(round_):
    people = [make_user(f"Viewer{number}") for number in range(32)]
    names = ["Cleo", "CIeo", "C1eo", "Cleo"] * 8

    results = at_once(lambda pair: take_name(pair[1], user=pair[0]), zip(people, names, strict=True))

    # "CIeo" and "C1eo" share no key in small letters with each other, but each shares one with "Cleo".
    kept = TakenName.objects.get(key="w:C1eo").spelling
    taken = {name.casefold() for name, result in zip(names, results, strict=True) if result is None}
    assert taken == {kept}
    assert len(raised(results, NameRefused)) + len(succeeded(results)) == 32


@rounds
def test_of_32_creators_with_one_name_one_gets_it(round_):
    people = [make_user(f"Viewer{number}") for number in range(32)]

    results = at_once(lambda person: take_name("Cleo", user=person, as_creator=True), people)

    assert len(succeeded(results)) == 1
    assert len(raised(results, NameRefused)) == 31
    assert TakenName.objects.filter(key="w:C1eo").get().creator in people
