"""Search among few people and among many: the creators' page of results, and the query for lives."""

import random
from collections.abc import Iterator
from statistics import median
from time import perf_counter

from django.db import connection

from bench.sizes import SIZES
from bench.table import Row

# Beginnings of names: a text of one letter, a frequent name, two words, a whole handle, and a word that nobody has.
SEARCHES = ["a", "mar", "marin", "mar lop", "marin-17", "xyzzy"]
# fmt: off
FIRST = [
    "Ada", "Ana", "Bea", "Cleo", "Dora", "Emil", "Farid", "Greta", "Hana", "Ida", "Juno", "Kai", "Lea", "Maren",
    "Marin", "Mario", "Nils", "Olga", "Pia", "Rosa",
]
LAST = [
    "Alm", "Bauer", "Costa", "Diaz", "Endo", "Ferri", "Gruber", "Hahn", "Ito", "Jansen", "Kaya", "Lopez", "Marin",
    "Novak", "Okafor", "Park", "Sato", "Weiss",
]
# fmt: on
A_BATCH = 5_000


def measure(server_url: str, url: str) -> Iterator[Row]:
    """Yield the milliseconds of each search among many people, and how many times longer it takes than among few."""
    add_creators(0, SIZES.few_people)
    few = seconds_of_searches()
    add_creators(SIZES.few_people, SIZES.many_people)
    many = seconds_of_searches()
    people = f"{SIZES.many_people:,} people"
    for text, seconds in many.items():
        yield Row(f"search for “{text}” among {people}, ms", 1_000 * seconds, at_most=100)
    # Among few people a search finds fewer rows than it may show, so this only informs.
    slowest = max(many.values()) / max(few.values())
    yield Row(f"the slowest search among {people} / among {SIZES.few_people:,}", slowest)


def add_creators(start: int, end: int) -> None:
    """Make creators with names of two words, and what they are found by."""
    from live.models import Creator, CreatorWord
    from people.models import User
    from people.text.folding import beginnings_in

    chance = random.Random(start)
    for first in range(start, end, A_BATCH):
        numbers = range(first, min(first + A_BATCH, end))
        names = [f"{chance.choice(FIRST)} {chance.choice(LAST)}" for _ in numbers]
        users = User.objects.bulk_create(
            User(email=f"creator-{number}@example.com", name=name) for number, name in zip(numbers, names, strict=True)
        )
        creators = Creator.objects.bulk_create(
            Creator(user=user, name=user.name, handle=f"{user.name.split()[1].lower()}-{number}")
            for user, number in zip(users, numbers, strict=True)
        )
        CreatorWord.objects.bulk_create(
            CreatorWord(creator=creator, key=key)
            for creator in creators
            for key in beginnings_in(f"{creator.name} {creator.handle}")
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def seconds_of_searches() -> dict[str, float]:
    """Return the median seconds of each search: both queries, and the first page of creators as rows."""
    return {text: median(_seconds_of(text) for _ in range(SIZES.rounds + 1)) for text in SEARCHES}


def _seconds_of(text: str) -> float:
    from live.creators.finding import find_creators, find_lives

    began = perf_counter()
    list(find_creators(text)[:20])
    find_lives(text)
    return perf_counter() - began
