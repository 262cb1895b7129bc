"""The tables of this app: profile, addresses, log-ins, pictures, notices, chosen mails, suspensions."""

from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import QuerySet

from people.models import MailChoices, User
from people.own_data.tables import Row, Table, read_rows


def _profile(person: User) -> Iterator[Row]:
    picture = "uploaded" if person.pictures.filter(name=person.avatar).exists() else person.avatar
    yield (
        person.email,
        person.name,
        picture,
        person.is_somebody,
        person.date_joined,
        person.last_login,
        person.is_staff,
    )


def _addresses(person: User) -> Iterator[Row]:
    return read_rows(_of(EmailAddress.objects, person), "email", "verified", "primary")


def _second_steps(person: User) -> Iterator[Row]:
    return read_rows(_of(Authenticator.objects, person), "type", "created_at", "last_used_at")


def _devices(person: User) -> Iterator[Row]:
    return read_rows(_of(UserSession.objects, person), "created_at", "last_seen_at", "ip", "user_agent")


def _of(rows: Any, person: User) -> QuerySet[Any]:
    """Return a person's rows of a model of allauth, which gives users no named way to them."""
    return rows.filter(user=person)


def _pictures(person: User) -> Iterator[Row]:
    return read_rows(person.pictures.all(), "kind", "name", "created_at")


def _notices(person: User) -> Iterator[Row]:
    return read_rows(person.notices.all(), "created_at", "kind", "text", "url", "read_at")


def _mail_choices(person: User) -> Iterator[Row]:
    chosen = MailChoices.objects.filter(user=person).first() or MailChoices(user=person)
    yield chosen.lives, chosen.statements, chosen.changes


def _suspensions(person: User) -> Iterator[Row]:
    return read_rows(person.suspensions.all(), "since", "until", "lifted_at")


TABLES = [
    Table(
        "profile",
        "Your account.",
        ["people.User.email"],
        {
            "email": "the address with which you log in",
            "name": "your name, which others see",
            "picture": "the drawing you chose, or that you uploaded one",
            "appears_as_somebody": "whether others see “Somebody” in place of your name from now on",
            "joined_utc": "when you signed up",
            "last_log_in_utc": "when you last logged in",
            "is_operator": "whether you may open the operator’s side",
        },
        _profile,
    ),
    Table(
        "email_addresses",
        "Your e-mail addresses.",
        ["account.EmailAddress.user", "account.EmailAddress.email"],
        {
            "email": "the address",
            "is_confirmed": "whether you have typed its code",
            "is_primary": "whether you log in with it",
        },
        _addresses,
    ),
    Table(
        "second_steps",
        "Second steps of your log-in, without their secrets.",
        ["mfa.Authenticator.user"],
        {
            "kind": "totp is an authenticator app, webauthn a passkey, recovery_codes the codes on paper",
            "added_utc": "when you added it",
            "last_used_utc": "when you last used it",
        },
        _second_steps,
    ),
    Table(
        "log_in_sessions",
        "Where your account is open now.",
        ["usersessions.UserSession.user"],
        {
            "since_utc": "when you logged in there",
            "last_seen_utc": "when it was last seen",
            "ip": "the network address from which you logged in",
            "browser": "what the browser said of itself",
        },
        _devices,
    ),
    Table(
        "pictures",
        "Pictures that you uploaded.",
        ["people.Picture.user"],
        {
            "kind": "face is your picture, banner that of your creator page",
            "file": "its file, found at /pictures/ on the site",
            "uploaded_utc": "when you uploaded it",
        },
        _pictures,
    ),
    Table(
        "notices",
        "Notices for you on the site.",
        ["people.Notice.user"],
        {
            "at_utc": "when it was written",
            "kind": "live, thanks, money or other",
            "text": "what it says",
            "page": "the page that it leads to",
            "read_utc": "when you saw it",
        },
        _notices,
    ),
    Table(
        "mail_choices",
        "Mails that you chose to get.",
        ["people.MailChoices.user"],
        {
            "lives": "when a creator you follow goes live",
            "statements": "when your statement of a month is ready",
            "changes": "before a rate, a price or a limit changes",
        },
        _mail_choices,
    ),
    Table(
        "suspensions",
        "Times in which you couldn’t log in.",
        ["people.Suspension.person"],
        {
            "since_utc": "from when",
            "until_utc": "until when, if an end was set",
            "lifted_utc": "when it was over",
        },
        _suspensions,
    ),
]
