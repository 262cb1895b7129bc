"""Forms that start a live, and that change it while it runs."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from live.forms.studio import LineField
from live.models import Category, LiveSession
from live.sessions.goals import LARGEST_GOAL_GIFTERS, LARGEST_GOAL_POINTS
from live.sessions.video import MOST_CHARACTERS, NotAnAddress, origin_of
from people.text.counting import TypedField
from people.text.names import clean_name
from people.text.numbers import WholeNumberField
from people.text.visible import STACKED, hidden_places

NO_GOAL = ""
GOALS = [(NO_GOAL, "No goal"), *LiveSession.Goal.choices]
MOST_TITLE_CHARACTERS = LiveSession._meta.get_field("title").max_length
LARGEST = {LiveSession.Goal.POINTS: LARGEST_GOAL_POINTS, LiveSession.Goal.GIFTERS: LARGEST_GOAL_GIFTERS}


class TitleField(LineField):
    """A title in one line. What a comment loses without a word is refused here, as in a name."""

    def clean(self, value: str | None) -> str:
        title, typed = super().clean(value), clean_name(value or "")
        if hidden_places(typed):
            raise ValidationError("The title holds an invisible character. Leave it out.")
        if STACKED.search(typed):
            raise ValidationError("The title stacks more accents on one letter than any language does.")
        return title


class VideoAddressField(TypedField):
    """The https address of an HLS video, or nothing."""

    def clean(self, value: Any) -> str:
        address = super().clean(value)
        try:
            if address:
                origin_of(address)
        except NotAnAddress as reason:
            raise ValidationError(str(reason)) from None
        return address


class LiveForm(forms.Form):
    """The title, category, goal and video address of a live."""

    title = TitleField(
        max_length=MOST_TITLE_CHARACTERS,
        help_text=f"What people see in the list of lives, in up to {MOST_TITLE_CHARACTERS} characters.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category = forms.ModelChoiceField(
        Category.objects.shown(),
        to_field_name="slug",
        empty_label="No category",
        required=False,
        error_messages={"invalid_choice": "Choose a category of the list, or none."},
    )
    goal_kind = forms.ChoiceField(
        label="Goal",
        choices=GOALS,
        required=False,
        help_text="Different gifters counts people, so the smallest gift counts like the largest.",
    )
    goal = WholeNumberField(label="How many", least=1, most=LARGEST_GOAL_POINTS, required=False)
    video_url = VideoAddressField(
        label="Address of your video (HLS)",
        max_length=MOST_CHARACTERS,
        required=False,
        help_text=(
            "From https:// on; it mostly ends in .m3u8. All of it has to lie on that host, which lets other sites "
            "read it. Without one the room shows your poster."
        ),
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own := self.initial.get("category"):
            # A category that was hidden meanwhile stays with its live.
            category = cast("forms.ModelChoiceField", self.fields["category"])
            category.queryset = Category.objects.filter(Q(is_shown=True) | Q(pk=own.pk))

    def clean(self) -> dict[str, Any]:
        kind, goal = self.cleaned_data.get("goal_kind"), self.cleaned_data.get("goal")
        if not kind:
            # Without a kind there is no goal: drop a number that is still in its field.
            self.cleaned_data["goal"] = None
        elif goal is None and "goal" not in self.errors:
            self.add_error("goal", "Say how many, or choose “No goal”.")
        elif goal and goal > LARGEST[kind]:
            self.add_error("goal", f"At most {LARGEST[kind]:,}.")
        return self.cleaned_data


class NextGoalForm(forms.Form):
    """The goal that its creator saw reached, before the next one."""

    reached = WholeNumberField(least=1, most=LARGEST_GOAL_POINTS)


class StartForm(LiveForm):
    """A LiveForm with the choice of the tray. A title alone starts a live with an open tray, no goal and no video."""

    OPEN, CLOSED = "open", "closed"
    tray = forms.ChoiceField(
        label="Gift tray",
        choices=[(OPEN, "Open"), (CLOSED, "Closed")],
        required=False,
        initial=OPEN,
        widget=forms.RadioSelect,
        help_text="Whether people can send gifts. It can’t be changed until the live ends.",
    )
    field_order = ["title", "category", "tray", "goal_kind", "goal", "video_url"]

    def choices(self) -> dict[str, Any]:
        """Return the arguments of start_session()."""
        chosen = dict(self.cleaned_data)
        tray = chosen.pop("tray")
        return {**chosen, "tray_wanted": tray != self.CLOSED}


def what_was_chosen(session: LiveSession) -> dict[str, Any]:
    """Return the initial values of a LiveForm about a live."""
    return {name: getattr(session, name) for name in LiveForm.base_fields}


def as_last_time(session: LiveSession | None) -> dict[str, Any]:
    """Return the initial values of a StartForm: those of the last live without its title, or {} without one.

    A category that was hidden since isn't offered again.
    """
    if session is None:
        return {}
    tray = StartForm.OPEN if session.tray_wanted else StartForm.CLOSED
    category = session.category if session.category and session.category.is_shown else None
    return {**what_was_chosen(session), "title": "", "tray": tray, "category": category}
