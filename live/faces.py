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


def face_of(person, session_id, as_somebody):
    """Return the Face that a person shows in a session. By name and as Somebody, they are two."""
    key = salted_hmac("live.faces", f"{session_id}:{person.pk}:{as_somebody}").hexdigest()[:16]
    if as_somebody:
        return Face(key, SOMEBODY, SOMEBODYS_AVATAR)
    return Face(key, person.name, person.avatar)
