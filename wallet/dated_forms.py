"""Forms of dated rows. They are shown first: the numbers before and after, what they change, and from when on."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from django import forms
from django.utils import timezone
from django.utils.text import capfirst

from people.operator import AsksAgain, ReasonForm, in_words, is_jump
from people.operator_units import amount_in_words
from people.shown_first import ShownFirst
from wallet.dated import DatedRow
from wallet.moments import A_MOMENT, MomentField, moment_from_now_on, moment_in_words, since_in_words

Row = TypeVar("Row", bound=DatedRow)
LATER = "Nothing changes until then. The public page shows it at once, and it can be withdrawn until it counts."
CREATORS_ARE_TOLD = "Creators have a notice of it."
AT_ONCE = "It counts at once. What counts is never edited: another number would take its place."


class DatedForm(ShownFirst, forms.ModelForm, Generic[Row]):
    """A new dated row. If a `watched` field changes by more than half, the form asks for a tick."""

    watched: tuple[str, ...] = ()
    # Said beside a later moment: “Creators have a notice of it.”
    told = ""
    # The row that counts until the new one does.
    before: Row | None = None
    starts_at = MomentField(
        label="Counts from", help_text="Leave it empty for now. A later moment is announced on the public page."
    )
    confirmed = AsksAgain.box()

    def clean_starts_at(self) -> datetime:
        return moment_from_now_on(self.cleaned_data.get("starts_at"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        self.before = self._meta.model.objects.started(cleaned["starts_at"]).first()
        if self.before and self.is_large(self.before, cleaned):
            token = "-".join(str(cleaned[name]) for name in self.watched)
            self.ask_again(token, self.effect(self.before, cleaned))
        return cleaned

    def is_large(self, before: Row, after: dict[str, Any]) -> bool:
        """Return whether the form must ask for a tick before it saves the change."""
        return any(is_jump(getattr(before, name), after[name]) for name in self.watched)

    def effect(self, before: Row, after: dict[str, Any]) -> str:
        """Return a sentence with the value before, the value after, and the moment of the change."""
        raise NotImplementedError

    def in_short(self, after: dict[str, Any]) -> str:
        """Return the new row for the button, such as “$0.0048 a diamond”."""
        raise NotImplementedError

    def further_effects(self, before: Row, after: dict[str, Any]) -> list[str]:
        """Return sentences about the people and things that the change concerns."""
        return []

    def effects(self) -> list[str]:
        before, after = self.before, self.cleaned_data
        if before is None:
            return [f"{capfirst(self.in_short(after))}: the first of its kind."]
        return [capfirst(self.effect(before, after)), *self.further_effects(before, after)]

    def note(self) -> str:
        said = f"{LATER} {self.told}".strip() if self._is_later() else AT_ONCE
        following = self._meta.model.objects.filter(starts_at__gt=self.cleaned_data["starts_at"])
        return f"{said} {_until(following.order_by('starts_at').first())}".strip()

    def button(self) -> str:
        verb, after = "Announce" if self._is_later() else "Set", self.cleaned_data
        return f"{verb} {self.in_short(after)} {since_in_words(after['starts_at'])}"

    def measured_against(self) -> list[Any]:
        return [self.before and self.before.pk]

    def _is_later(self) -> bool:
        return self.cleaned_data["starts_at"] > timezone.now()


def _until(row: DatedRow | None, price: str = "") -> str:
    """Return the sentence about the announced row that takes the place of another, or nothing without one."""
    since = row and f"{price} {since_in_words(row.starts_at)}".strip()
    return f"It counts until another that is announced, {since}." if since else ""


class TermsForm(DatedForm[Row]):
    """A row of several numbers. The preview says of each that differs what it was, and whom that concerns."""

    def changes(self, before: Row, after: dict[str, Any]) -> dict[str, str]:
        """Return a sentence for each number that differs, by its column."""
        raise NotImplementedError

    def concerned(self, before: Row) -> dict[str, str]:
        """Return sentences about people and things that a number concerns, by its column."""
        raise NotImplementedError

    def effect(self, before: Row, after: dict[str, Any]) -> str:
        said = "; ".join(self.changes(before, after).values()) or "nothing differs from the numbers before"
        return f"{said}, from {moment_in_words(after['starts_at'])}."

    def effects(self) -> list[str]:
        if self.before is None:
            return super().effects()
        concerned = self.concerned(self.before)
        return [
            f"{capfirst(words)}. {concerned.get(name, '')}".strip()
            for name, words in self.changes(self.before, self.cleaned_data).items()
        ] or ["Nothing differs from the numbers before."]


class PricedForm(ShownFirst, ReasonForm):
    """A row whose price and offer are dated: a price from a moment on, and the moment from which it is retired."""

    # The form's field of the new price; its unit, which is also the column of the price model.
    price_field, unit = "", ""
    # The words for a retired row: “is out of the tray”; `told` as in DatedForm.
    gone, told = "", ""
    # The price that counts until the new one does.
    before: DatedRow | None = None
    new_from = MomentField(label="Counts from", help_text="Leave it empty for now.")
    retired_at = MomentField(label="Retired from", help_text="Empty it to offer it again.")
    by_name = forms.BooleanField(
        required=False, label="Show my name", help_text="In the public history. Else it says “an operator”."
    )
    confirmed = AsksAgain.box()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        price = self.fields.get(self.price_field)
        if price and self.instance.pk is None:
            price.required = True
            price.help_text = "What it costs from the start."

    def clean_retired_at(self) -> datetime | None:
        moment, now = self.cleaned_data.get("retired_at"), timezone.now()
        if "retired_at" not in self.changed_data:
            return self.initial.get("retired_at")
        if moment and moment < now - A_MOMENT:
            raise forms.ValidationError("Nothing can be retired from a moment that has passed. Take now or later.")
        return moment and max(moment, now)

    def clean_new_from(self) -> datetime:
        return moment_from_now_on(self.cleaned_data.get("new_from"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        price, moment = cleaned.get(self.price_field), cleaned.get("new_from")
        if price and moment:
            self._refuse_price(price, moment)
        elif self.data.get("new_from_0") and not self.errors:
            unit = "dollars" if self.unit == "cents" else self.unit
            self.add_error(self.price_field, f"Type the {unit} it costs from then on.")
        return cleaned

    def why_no_price(self, price: int, moment: datetime) -> None:
        """Raise ValidationError if other rows forbid the price."""

    def _refuse_price(self, price: int, moment: datetime) -> None:
        try:
            self.why_no_price(price, moment)
        except forms.ValidationError as error:
            self.add_error(self.price_field, error)
            return
        if self.instance.pk is None:
            return
        if self.instance.prices.filter(starts_at=moment).exists():
            self.add_error(
                "new_from", "A price is announced for this moment. Withdraw it first, or take another moment."
            )
        self.before = self.instance.prices.started(moment).first()
        before = self.price_before()
        if before and is_jump(before, price):
            words = f"from {self.written(before)} to {self.written(price)}, from {moment_in_words(moment)} on"
            self.ask_again(f"{before}-{price}", words)

    def price_before(self) -> int | None:
        """Return the price that counts until the new one does, in its unit; None if the row has none."""
        return getattr(self.before, self.unit) if self.before else None

    def written(self, price: int) -> str:
        """Write a price with its unit: 6 coins; $1.20."""
        return amount_in_words(self.unit, price)

    def price_effects(self, price: int, moment: datetime) -> list[str]:
        """Return a sentence for each effect of a new price."""
        raise NotImplementedError

    def usage(self) -> list[str]:
        """Return sentences about how much an existing row was used of late."""
        raise NotImplementedError

    def effects(self) -> list[str]:
        price, moment = self.cleaned_data.get(self.price_field), self.cleaned_data["new_from"]
        said = self.price_effects(price, moment) if price else []
        if "retired_at" in self.changed_data:
            end = self.cleaned_data["retired_at"]
            said.append(f"It {self.gone} {since_in_words(end)}." if end else "It is offered, without an end.")
        dated = bool(said)
        if self.instance.pk is not None:
            said += [f"{self.fields[name].label}: {self._changed(name)}, at once." for name in self._others()]
        said += self.usage() if dated and self.instance.pk is not None else []
        return said or ["Nothing is different from now."]

    def note(self) -> str:
        moments = self._moments()
        if not moments:
            return ""
        said = f"{LATER} {self.told}".strip() if min(moments) > timezone.now() else AT_ONCE
        if not self.cleaned_data.get(self.price_field) or self.instance.pk is None:
            return said
        following = self.instance.prices.filter(starts_at__gt=self.cleaned_data["new_from"])
        row = following.order_by("starts_at").first()
        return f"{said} {_until(row, self.written(getattr(row, self.unit)) if row else '')}".strip()

    def button(self) -> str:
        price, end = self.cleaned_data.get(self.price_field), self.cleaned_data.get("retired_at")
        parts = []
        if price:
            moment = self.cleaned_data["new_from"]
            verb = "Announce" if moment > timezone.now() else "Set"
            parts.append(f"{verb} {self.written(price)} for {self.instance} {since_in_words(moment)}")
        if "retired_at" in self.changed_data:
            verb = "retire" if end else "offer"
            parts.append(f"{verb} {self.instance} {since_in_words(end) if end else 'without an end'}")
        return capfirst(", and ".join(parts)) or "Save these changes"

    def measured_against(self) -> list[Any]:
        return [self.before and self.before.pk, self.initial.get("retired_at")]

    def _moments(self) -> list[datetime]:
        """Return the moments from which the form's price and its end of the offer count."""
        price = [self.cleaned_data["new_from"]] if self.cleaned_data.get(self.price_field) else []
        end = [self.cleaned_data["retired_at"] or timezone.now()] if "retired_at" in self.changed_data else []
        return price + end

    def _others(self) -> list[str]:
        """Return the changed fields that are neither dated nor about the change."""
        return [name for name in self.changed_fields() if name not in (self.price_field, "new_from", "retired_at")]

    def _changed(self, name: str) -> str:
        return f"{in_words(self.initial.get(name))} → {in_words(self.cleaned_data.get(name))}"

    def said(self) -> dict[str, Any]:
        """Return the operator, the reason and how the operator appears, as arguments for a dated row's verb."""
        return {"by": self.operator, "reason": self.cleaned_data["reason"], "by_name": self.cleaned_data["by_name"]}
