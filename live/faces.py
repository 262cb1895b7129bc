"""Faces: what others see of a person in a live, by name or as Somebody."""

from typing import NamedTuple

from django.utils.crypto import salted_hmac

SOMEBODY = "Somebody"
SOMEBODYS_AVATAR = "somebody"


class Face(NamedTuple):
    """`key` tells the faces of one live apart, and leads neither to a person nor to the same person elsewhere."""

    key: str
    name: str
    avatar: str


def key_of(person_id, session_id, as_somebody):
    """Return the key of the face that a person shows in a session."""
    return salted_hmac("live.faces", f"{session_id}:{person_id}:{as_somebody}", algorithm="sha256").hexdigest()[:16]


def face_of(person, session_id, as_somebody):
    """Return the Face that a person shows in a session. By name and as Somebody, they are two."""
    key = key_of(person.pk, session_id, as_somebody)
    if as_somebody:
        return Face(key, SOMEBODY, SOMEBODYS_AVATAR)
    return Face(key, person.name, person.avatar)
