"""Changes that are shown before they are made: a first press shows the effects, a second one saves what was shown.

The second button carries a stamp of the typed values, so a form that was changed in between is shown again.
"""

import json
from typing import Any, NamedTuple, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from people.operator import AsksAgain

# The name of the second button, and the id of the effects on the page.
SHOWN, PLACE = "shown", "what-it-does"


class Preview(NamedTuple):
    """The effects of a form in sentences, when they come about, the words of the button, and the values' stamp."""

    effects: list[str]
    note: str
    button: str
    stamp: str


class ShownFirst(AsksAgain):
    """A form that is valid only once its values were shown. The fields of `asking` aren't among them."""

    asking = ("confirmed", "typed")
    preview: Preview | None = None

    def is_valid(self) -> bool:
        """Return whether the form may be saved. If it may be once it was shown, set `preview`."""
        if not self.is_bound or set(self.errors) - set(self.asking):
            return False
        stamp = self._stamp()
        if not self.errors and constant_time_compare(str(self.data.get(SHOWN, "")), stamp):
            return True
        self.preview = Preview(self.effects(), self.note(), self.button(), stamp)
        return False

    def effects(self) -> list[str]:
        """Return a sentence for each effect of the form's values."""
        raise NotImplementedError

    def note(self) -> str:
        """Return from when on the effects come about, and how to take them back."""
        raise NotImplementedError

    def looks(self) -> str:
        """Return HTML that shows values which no sentence can, such as a picture."""
        return ""

    def button(self) -> str:
        """Return the words of the button: the values and the date from which they count."""
        raise NotImplementedError

    def measured_against(self) -> list[Any]:
        """Return the keys of the rows that the effects are compared with: if others count by then, show it again."""
        raise NotImplementedError

    def asked(self) -> list[forms.BoundField]:
        """Return the fields by which the form asks for a tick or for words; hidden where it doesn't."""
        return [self[name] for name in self.asking if name in self.fields]

    def _stamp(self) -> str:
        typed = {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
            if name not in self.asking
        }
        form = cast("forms.ModelForm", self)
        about = [form._meta.model._meta.label, form.instance.pk, typed, self.measured_against()]
        return salted_hmac("people.shown_first", json.dumps(about, sort_keys=True, default=str)).hexdigest()


class ShownFirstAdmin(admin.ModelAdmin):
    """Forms of ShownFirst, with a button for each of the two presses."""

    change_form_template = "admin/shown_first/change_form.html"

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: models.Model | None = None,
    ) -> HttpResponse:
        """Render the form. The answer to either press scrolls to the effects, below the form."""
        return super().render_change_form(request, context, add, change, form_url or f"#{PLACE}", obj)
