"""The brand in the admin: one page for name, mark, accent, support address, and the way to the site's texts."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from people.answers import see_other
from people.brand import KEPT_SECONDS, THE_ONE, forget_brand, stylesheet_of
from people.marks import keep_mark, read_mark
from people.models import Brand, PageVersion, TakenName
from people.operator import NOTHING_CHANGED, AsksAgain, ReasonedAdmin, ReasonForm, in_words
from people.pictures import PictureRefused
from people.text.colours import DAY, HEX, NIGHT, Scheme, why_unreadable
from people.text.counting import TypedField
from people.text.history import Change, changes_in_words
from people.text.lookalikes import keys_of, mixed_word
from people.text.names import clean_name, validate_name

NOT_HEX = "Write a colour as # and six of the signs 0 to 9 and a to f, such as #0b6bcb."


class ColourField(TypedField):
    """A colour such as #0b6bcb, or nothing."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "size": 9})
        super().__init__(max_length=7, required=False, widget=widget, **options)

    def clean(self, value: Any) -> str:
        colour = super().clean(value).lower()
        if colour and not HEX.fullmatch(colour):
            raise forms.ValidationError(NOT_HEX)
        return colour


class BrandForm(AsksAgain, ReasonForm):
    """The brand. A new accent is shown by day and by night, and asks for a tick before it is saved."""

    name = TypedField(
        label="Name",
        max_length=30,
        validators=[validate_name],
        help_text="Nobody can take it as a name of their own.",
    )
    picture = forms.FileField(
        label="Mark",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/webp,image/jpeg"}),
        help_text="A PNG of at most 6 MB, best square and with a clear ground, of at least 192×192 pixels. It stands "
        "on light and on dark pages. Leave it empty to keep the mark.",
    )
    own_mark = forms.BooleanField(label="Remove the mark", required=False, help_text="For the ring that comes along.")
    accent_day = ColourField(
        label="Accent by day", help_text="For buttons, links and signs. Empty: the coral that comes along."
    )
    accent_night = ColourField(
        label="Accent by night", help_text="Empty: the accent by day, made as light as a dark page needs."
    )
    confirmed = AsksAgain.box()
    # The digest of an uploaded mark, for the form that asks for a tick: a browser doesn't send the file again.
    digest = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Brand
        fields = ["name", "accent_day", "accent_night", "support_email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mark_before = self.instance.mark

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if word := mixed_word(name):
            raise forms.ValidationError(f"“{word}” mixes letters of alphabets that look alike. Write it in one.")
        return name

    def clean_accent_day(self) -> str:
        return self._readable("accent_day", DAY)

    def clean_accent_night(self) -> str:
        return self._readable("accent_night", NIGHT)

    def _readable(self, field: str, scheme: Scheme) -> str:
        colour = self.cleaned_data[field]
        if colour and (refusal := why_unreadable(colour, scheme)):
            raise forms.ValidationError(refusal)
        return colour

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        day, night = cleaned.get("accent_day"), cleaned.get("accent_night")
        if night and not day and "accent_day" not in self.errors:
            self.add_error("accent_day", "Choose the accent by day first.")
        elif day and not self.errors and {"accent_day", "accent_night"} & set(self.changed_data):
            self._show_first(day, night or "")
        if set(self.errors) <= {"confirmed"}:
            self._keep_picture(cleaned.get("picture"))
        return cleaned

    def _show_first(self, day: str, night: str) -> None:
        token = f"{day}-{night}"
        if token not in cast("QueryDict", self.data).getlist("confirmed"):
            box = forms.CheckboxSelectMultiple(choices=[(token, "Yes: the page looks as it should")])
            self.fields["confirmed"].widget = box
            words = "This page shows the accent now, and nothing is saved yet. Tick the box if it fits."
            self.add_error("confirmed", words)

    def _keep_picture(self, file: Any) -> None:
        """Store an uploaded mark, and put its digest into the form."""
        if file:
            try:
                self.cleaned_data["digest"] = keep_mark(file, file.size)
            except PictureRefused as refusal:
                self.add_error("picture", str(refusal))
                return
        digest = self.cleaned_data["digest"]
        if digest and read_mark(digest, "96") is None:
            self.add_error("picture", "The picture is gone. Choose it again.")
        self.data = cast("QueryDict", self.data).copy()
        self.data["digest"] = digest

    def shown_stylesheet(self) -> str:
        """Return the stylesheet of the accent in the form, if it can be read; "" for the one that is saved."""
        cleaned = getattr(self, "cleaned_data", {})
        day, night = cleaned.get("accent_day"), cleaned.get("accent_night")
        return stylesheet_of(day, night or "") if day and night is not None else ""

    def save(self, commit: bool = True) -> Brand:
        if digest := self.cleaned_data.get("digest"):
            self.instance.mark = digest
        elif self.cleaned_data.get("own_mark"):
            self.instance.mark = ""
        return super().save(commit)


@admin.register(Brand)
class BrandAdmin(ReasonedAdmin):
    """One page: the brand is neither added nor deleted."""

    form = BrandForm
    unsaid = ("reason", "confirmed", "picture", "own_mark", "digest")
    change_form_template = "admin/people/brand/change_form.html"
    readonly_fields = ("mark_now", "texts")
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "mark_now", "picture", "own_mark", "digest"),
                "description": "On every page, mail, receipt and icon. Each process of the site takes a change over "
                f"within {KEPT_SECONDS} seconds.",
            },
        ),
        ("Accent", {"fields": ("accent_day", "accent_night", "confirmed")}),
        ("Texts and contact", {"fields": ("support_email", "texts")}),
        ("Why", {"fields": ("reason",)}),
    )

    @admin.display(description="mark now")
    def mark_now(self, brand: Brand) -> str:
        if not brand.mark:
            return "The ring that comes along"
        address = reverse("brand-mark", args=[brand.mark, "96"])
        return format_html('<img src="{}" alt="" width="48" height="48">', address)

    @admin.display(description="texts")
    def texts(self, brand: Brand) -> str:
        """Return each of the site's own texts with its date, and where it is read and written."""
        newest = {version.slug: version for version in PageVersion.objects.order_by("id").defer("text")}
        add = reverse("admin:people_pageversion_add")
        rows = [
            (label, _since(newest.get(slug)), reverse(slug), label, f"{add}?slug={slug}", label)
            for slug, label in PageVersion.Slug.choices
        ]
        one = '<li><b>{}</b> {} <a href="{}">Read {}</a> · <a href="{}">Write {}</a></li>'
        return format_html('<ul class="changes">{}</ul>', format_html_join("", one, rows))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> forms.Field | None:
        field = super().formfield_for_dbfield(db_field, request, **options)
        if db_field.name == "support_email" and field:
            field.help_text = "Where a text says {contact}, and in security.txt. Empty: the setting CONTACT_EMAIL."
        return field

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return see_other("admin:people_brand_change", THE_ONE)

    def save_model(self, request: HttpRequest, obj: Brand, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(forget_brand)
        if "name" in form.changed_data and TakenName.objects.filter(key__in=keys_of(obj.name)).exists():
            words = f"Somebody here has or had a name that looks like “{obj.name}”. Look under Users."
            messages.warning(request, words)

    def describe_change(self, form: Any, *, add: bool = False) -> str:
        """Return the changed fields. A mark is named by the digest of its picture."""
        said, before, after = super().describe_change(form, add=add), form.mark_before, form.instance.mark
        if before == after:
            return said
        mark = changes_in_words([Change("Mark", in_words(before), in_words(after))])
        return mark if said == NOTHING_CHANGED else f"{said}; {mark}"


def _since(version: PageVersion | None) -> str:
    return f"since {version.published_at:%-d %b %Y}:" if version else "comes along:"
