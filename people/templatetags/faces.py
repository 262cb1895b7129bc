"""The address of a face's picture: a drawing under static/, or a picture that a person uploaded."""

from django import template
from django.templatetags.static import static
from django.urls import reverse

register = template.Library()


@register.filter
def avatar_url(avatar: str) -> str:
    """Return the address of `User.avatar`: fox → /static/avatars/fox.svg, 3f….webp → /pictures/3f….webp."""
    if avatar.endswith(".webp"):
        return reverse("picture", args=[avatar])
    return static(f"avatars/{avatar}.svg")


@register.filter
def face_url(avatar: str) -> str:
    """Return the address of a small face in a list. One file holds all drawings: a crowd costs one request."""
    return avatar_url(avatar) if avatar.endswith(".webp") else f"{static('avatars/crowd.svg')}#{avatar}"
