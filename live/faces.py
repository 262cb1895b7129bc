"""Faces: a person as others see them in a live, by name or as Somebody."""

from typing import NamedTuple

from django.utils.crypto import salted_hmac

SOMEBODY = "Somebody"
SOMEBODYS_AVATAR = "somebody"


class Face(NamedTuple):
    """`key` is unique among the faces of one live. It identifies neither the person nor their faces in other lives."""

    key: str
    name: str
    avatar: str


def key_of(person_id, session_id, as_somebody):
    """Return the key of the face that a person shows in a session."""
    return salted_hmac("live.faces", f"{session_id}:{person_id}:{as_somebody}", algorithm="sha256").hexdigest()[:16]


def face_of(person, session_id, as_somebody):
    """Return the Face that a person shows in a session; by name and as Somebody, the keys differ."""
    key = key_of(person.pk, session_id, as_somebody)
    if as_somebody:
        return Face(key, SOMEBODY, SOMEBODYS_AVATAR)
    return Face(key, person.name, person.avatar)
