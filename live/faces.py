"""Faces: a person as others see them in a live, by name or as Somebody."""

from typing import NamedTuple, Protocol
from uuid import UUID

from django.utils.crypto import salted_hmac

SOMEBODY = "Somebody"
SOMEBODYS_AVATAR = "somebody"


class Person(Protocol):
    """A user, as far as a face needs one. Models import this module, so it imports none."""

    @property
    def pk(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def avatar(self) -> str: ...


class Face(NamedTuple):
    """`key` is unique among the faces of one live. It identifies neither the person nor their faces in other lives."""

    key: str
    name: str
    avatar: str


def key_of(person_id: int, session_id: UUID, as_somebody: bool) -> str:
    """Return the key of the face that a person shows in a session."""
    return salted_hmac("live.faces", f"{session_id}:{person_id}:{as_somebody}", algorithm="sha256").hexdigest()[:16]


def face_of(person: Person, session_id: UUID, as_somebody: bool) -> Face:
    """Return the Face that a person shows in a session; by name and as Somebody, the keys differ."""
    key = key_of(person.pk, session_id, as_somebody)
    if as_somebody:
        return Face(key, SOMEBODY, SOMEBODYS_AVATAR)
    return Face(key, person.name, person.avatar)
