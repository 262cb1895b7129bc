"""The people of the demo world, all invented: four accounts to sign in with, a second creator, and an audience."""

import itertools
import random
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from live.creators.finding import note_creator
from live.models import Category, Creator, Follow
from people.models import TakenName, User
from people.taken_names import take_name
from people.text.names import AVATARS
from wallet.ages import age_to_declare, declare_age

PASSWORD = "ovation"  # noqa: S105 (the demo's, printed at its start)
AUDIENCE_HOST = "audience.example.net"
AUDIENCE = 1_500
# The number of people in the audience who come to the lives and give.
REGULARS = 24

# E-mail address, name and avatar.
ACCOUNTS = [
    ("vera@example.com", "Vera Lind", "fox"),
    ("cleo@example.com", "Cleo Marin", "violin"),
    ("nova@example.com", "Nova Reyes", "microphone"),
    ("otto@example.com", "Otto Brandt", "owl"),
]
# Handle: e-mail address, followers two months ago and now, and bio. Vera is one of the followers.
CREATORS = {
    "cleo": ("cleo@example.com", 1_023, 1_200, "Violin from Porto. Requests on Fridays, slow mornings on Sundays."),
    "nova": ("nova@example.com", 941, 987, "Songs at the kitchen table. New here, and glad of everybody who listens."),
    "tove": ("tove@example.net", 1_310, 1_480, "Harbours in watercolour, one tide at a time."),
}
# Handle: what comes next, and the category of the creator's lives.
NEXT_LIVES = {
    "cleo": ("Friday 20:00, Lisbon time: requests", "music"),
    "nova": ("Thursday, when the dishes are done", "music"),
    "tove": ("Part 5 at Saturday’s low tide", "art"),
}

FIRST_NAMES = (
    "Ada Amir Anouk Arlo Astrid Bela Bram Carla Chidi Dagny Dario Elif Emil Esra Fina Goran Hana Hugo Ida Ilse Imre "
    "Ines Jari Juno Kaya Lena Linus Luis Mads Maren Mila Noor Nils Olga Pia Rafa Rosa Sami Tilda Yara"
)
LAST_NAMES = (
    "Abel Alm Bauer Berg Cruz Dahl Egede Falk Gallo Haas Holm Ibsen Jansen Kern Kovac Lange Lund Marsh Meyer Moreau "
    "Nagy Novak Okoye Olsen Pavel Pinto Quist Rossi Ruiz Sato Silva Stein Tamm Urban Vega Vidal Weiss Wolff Yilmaz Zorn"
)


def make_accounts(now: datetime) -> dict[str, User]:
    """Create the people who can sign in, with verified addresses; return {the name before the @: user}."""
    password = make_password(PASSWORD)
    people = {}
    for email, name, avatar in [*ACCOUNTS, ("tove@example.net", "Tove Alm", "artist-palette")]:
        is_operator = name == "Otto Brandt"
        user = User.objects.create(
            email=email,
            name=name,
            avatar=avatar,
            password=make_password(None) if email.endswith(".net") else password,
            is_staff=is_operator,
            is_superuser=is_operator,
            date_joined=now - timedelta(days=90),
        )
        user.emailaddress_set.create(email=email, verified=True, primary=True)  # type: ignore[attr-defined]
        declare_if_asked(user, user.date_joined)
        people[email.split("@")[0]] = user
    TakenName.objects.note(user.name for user in people.values())
    return people


def declare_if_asked(person: User, now: datetime | None = None) -> None:
    """Declare the age that a recharge or a payout account asks for, as a person does with a tick."""
    if age := age_to_declare(person, now):
        declare_age(person, age, now=now)


def make_audience(now: datetime) -> list[User]:
    """Create the audience, who can't sign in; return the users."""
    names = [f"{first} {last}" for last, first in itertools.product(LAST_NAMES.split(), FIRST_NAMES.split())]
    names = random.Random(7).sample(names, AUDIENCE)  # noqa: S311
    avatars = itertools.cycle(slug for slug, _ in AVATARS)
    fans = [
        User(
            email=f"{name.lower().replace(' ', '.')}@{AUDIENCE_HOST}",
            name=name,
            avatar=avatar,
            password=make_password(None),
            # One of the regulars gives as Somebody.
            is_somebody=name == names[3],
            date_joined=now - timedelta(days=80),
        )
        for name, avatar in zip(names, avatars, strict=False)
    ]
    TakenName.objects.note(names)
    return User.objects.bulk_create(fans)


def make_creators(people: dict[str, User], audience: list[User], now: datetime) -> dict[str, Creator]:
    """Create the creators with the followers that they had two months ago; return {handle: creator}."""
    creators = {}
    for handle, (email, followers, _, bio) in CREATORS.items():
        user = people[email.split("@")[0]]
        creators[handle] = creator = Creator.objects.create(
            user=user,
            handle=handle,
            name=user.name,
            bio=bio,
            next_live=NEXT_LIVES[handle][0],
            created_at=now - timedelta(days=88),
        )
        take_name(creator.name, user=user, as_creator=True)
        note_creator(creator)
        pause = timedelta(days=24) / followers
        Follow.objects.bulk_create(
            Follow(follower=fan, creator=creator, created_at=now - timedelta(days=86) + pause * number)
            for number, fan in enumerate([people["vera"], *audience[: followers - 1]])
        )
    return creators


def category_of(creator: Creator) -> Category | None:
    """Return the category of a creator's lives in the demo, unless an operator has hidden it."""
    return Category.objects.shown().filter(slug=NEXT_LIVES[creator.handle][1]).first()


def still_to_follow(creator: Creator, audience: list[User]) -> list[User]:
    """Return the fans who follow the creator later, up to the number of followers in the README."""
    _, at_first, in_the_end, _ = CREATORS[creator.handle]
    return audience[at_first - 1 : in_the_end - 1]


def regulars() -> QuerySet[User]:
    """Return the simulated viewers who give."""
    return User.objects.filter(email__endswith=f"@{AUDIENCE_HOST}").order_by("pk")[:REGULARS]
