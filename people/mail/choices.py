"""The mails that a user chose to get, and the signed address that stops one kind without a log-in."""

from collections.abc import Collection
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from people.models import MailChoices, User

KINDS = {field.name: str(field.verbose_name) for field in MailChoices._meta.fields if field.name != "user"}
# The salt keeps a signature of another feature from stopping mails.
SIGNER = Signer(salt="people.mail.choices", sep=".")


class Recipient(NamedTuple):
    """A user who wants a kind of mail."""

    id: int
    name: str
    address: str


def choices_of(user: User) -> MailChoices:
    """Return the user's choices, unsaved if there are none yet."""
    return MailChoices.objects.filter(pk=user.pk).first() or MailChoices(user=user)


def choose_mails(user: User, **wanted: bool) -> None:
    """Set the named kinds of mail of a user; the other kinds stay as they are."""
    MailChoices.objects.update_or_create(pk=user.pk, defaults=wanted)


def recipients_among(people: Collection[int], kind: str) -> list[Recipient]:
    """Return the users among `people` who want mails of this kind and may log in. One query."""
    wanted = MailChoices.objects.filter(pk__in=people, user__is_active=True, **{kind: True})
    rows = wanted.order_by("pk").values_list("pk", "user__name", "user__email")
    return [Recipient(*row) for row in rows]


def stopping_path(user_id: int, kind: str) -> str:
    """Return the path of the page that stops this kind of mail for the user. It never expires."""
    return reverse("stop-mails", args=[SIGNER.sign_object([user_id, kind])])


def stopping_address(user_id: int, kind: str) -> str:
    """Return the full address of stopping_path(), or "" on a site without SITE_URL."""
    return settings.SITE_URL and settings.SITE_URL + stopping_path(user_id, kind)


def read_stopping(signed: str) -> tuple[User, str] | None:
    """Return the user and the kind of mail that a signed part of an address names; None if it was changed."""
    try:
        user_id, kind = SIGNER.unsign_object(signed)
    except (BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=user_id).first()
    return (user, kind) if user and kind in KINDS else None
