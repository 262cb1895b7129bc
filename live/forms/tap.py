"""Forms for a tap and for the feed. They bound every number, so that none overflows a column."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from live.feed.cursors import Cursor, read_cursor
from live.forms.studio import LineField
from live.models import LARGEST_PRICE_COINS, MOST_AT_ONCE, MOST_MESSAGE_CHARACTERS
from people.refusals import Refusal
from people.text.numbers import WholeNumberField
from wallet.forms import PlainUUIDField
from wallet.models import LARGEST_BALANCE

# One press of a gift's button. `price` is the shown price of one, in coins; the page makes the `tap_id`.
TAP_FIELDS: dict[str, forms.Field] = {
    "gift": forms.SlugField(max_length=40),
    "quantity": WholeNumberField(least=1, most=MOST_AT_ONCE),
    "price": WholeNumberField(least=1, most=LARGEST_PRICE_COINS),
    "tap_id": PlainUUIDField(),
}
MESSAGE = LineField(
    max_length=MOST_MESSAGE_CHARACTERS,
    required=False,
    error_messages={"max_length": f"A message has at most {MOST_MESSAGE_CHARACTERS} characters."},
)


class UnreadableMessage(Refusal):
    """The message of a tap is too long or no text; nothing was debited."""

    status = 422


def read_tap(posted: QueryDict) -> dict[str, Any] | None:
    """Return the cleaned values of a tap; None if one is invalid.

    No form: it copies its fields and makes a bound field of each, which takes four times as long as cleaning them.
    """
    try:
        return {name: field.clean(posted.get(name)) for name, field in TAP_FIELDS.items()}
    except ValidationError:
        return None


def read_message(posted: QueryDict) -> str:
    """Return the message of a tap; most have none. Raise UnreadableMessage."""
    if not posted.get("message"):
        return ""
    try:
        return MESSAGE.clean(posted.get("message"))
    except ValidationError as error:
        raise UnreadableMessage(f"{error.messages[0]} Nothing was debited; change it and send again.") from None


class UnsentForm(forms.Form):
    """The tap id of a viewer who was logged out: the room tells them after the log-in whether it was sent."""

    unsent = PlainUUIDField()


class AffordForm(forms.Form):
    """A gift that a viewer is about to send, and the coins of their other gifts that wait in the page."""

    gift = forms.SlugField(max_length=40)
    besides = WholeNumberField(least=0, most=LARGEST_BALANCE, required=False)

    def clean_besides(self) -> int:
        return self.cleaned_data["besides"] or 0


class CursorField(forms.CharField):
    """A cursor of a feed, parsed by live/feed/cursors.py; its value is a Cursor."""

    def to_python(self, value: Any) -> Cursor:  # type: ignore[override]
        try:
            return read_cursor(super().to_python(value) or "")
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


class FeedForm(forms.Form):
    """The cursor of a poll or a stream: the place up to which its reader has the feed; empty for the beginning."""

    after = CursorField(required=False, empty_value="")
