"""The gift catalog as CSV: slug, name, art, coins, order. An exported file can be imported again."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.utils.html import format_html
from import_export import fields, resources, widgets
from import_export.formats.base_formats import CSV
from import_export.forms import ConfirmImportForm, ImportForm
from import_export.tmp_storages import CacheStorage

from live.gifts.art import is_art
from live.gifts.catalog import set_price, with_prices
from live.gifts.effects import NewPrice, new_prices_effects
from live.models import LARGEST_PRICE_COINS, Gift
from people.operator import in_words, is_jump
from people.text.counting import TypedField
from people.text.history import Change, changes_in_words
from people.text.names import clean_name
from people.text.numbers import WholeNumberField
from people.text.spreadsheets import BYTE_ORDER_MARK, csv_lines, harmless, read_table, unguarded
from people.text.visible import validate_visible

COLUMNS = ("slug", "name", "art", "coins", "order")
MOST_BYTES, MOST_ROWS = 500_000, 1_000
MOST_EFFECTS = 20


class TextWidget(widgets.CharWidget):
    """Text that no spreadsheet runs as a formula: the export adds an apostrophe, and the import removes it."""

    def clean(self, value: Any, row: Any | None = None, **kwargs: Any) -> Any:
        return unguarded(clean_name(value or ""))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return harmless(super().render(value, obj))


class WholeNumberWidget(widgets.Widget):
    """A whole number in plain digits, with the error messages of the forms."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__()
        self.field = WholeNumberField(least=least, most=most)

    def clean(self, value: Any, row: Any | None = None, **kwargs: Any) -> Any:
        try:
            return self.field.clean(str(value or ""))
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class SpreadsheetCSV(CSV):
    """CSV with a byte order mark, by which spreadsheets recognize UTF-8."""

    def export_data(self, dataset: Any, **kwargs: Any) -> str:
        return BYTE_ORDER_MARK + super().export_data(dataset, **kwargs)


class WordsDiff(resources.Diff):
    """The difference of two values in <del> and <ins>: our CSP refuses the inline styles of the library."""

    def as_html(self) -> list[str]:
        pairs = zip(self.left, self.right, strict=True)
        return [format_html("{}", after) if before == after else self._marked(before, after) for before, after in pairs]

    def _marked(self, before: str, after: str) -> str:
        if self.new or not before:
            return format_html("<ins>{}</ins>", after)
        return format_html("<del>{}</del> <ins>{}</ins>", before, after)


@dataclass(frozen=True)
class Jump:
    """A row that changes a price by more than half. Its token is the same as in the gift's own form.

    A NamedTuple beside a form without `Meta` ends mypy with an internal error (its Django plugin defers such forms).
    """

    name: str
    before: int
    after: int

    @property
    def token(self) -> str:
        return f"{self.name}-{self.before}-{self.after}"

    def __str__(self) -> str:
        return f"{self.name} from {self.before:,} to {self.after:,} coins"


class GiftResource(resources.ModelResource):
    """A row is a gift, found by its slug. Changed coins set a price from now on; the rest is the gift's own."""

    slug = fields.Field(attribute="slug", column_name="slug", widget=TextWidget())
    name = fields.Field(attribute="name", column_name="name", widget=TextWidget())
    art = fields.Field(attribute="art", column_name="art", widget=TextWidget())
    coins = fields.Field(attribute="coins", column_name="coins", widget=WholeNumberWidget(1, LARGEST_PRICE_COINS))
    order = fields.Field(attribute="order", column_name="order", widget=WholeNumberWidget(0, 100_000))

    class Meta:
        model = Gift
        fields = import_order = export_order = COLUMNS
        import_id_fields = ("slug",)
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True

    @classmethod
    def get_display_name(cls) -> str:
        return "Gifts"

    @classmethod
    def get_diff_class(cls) -> type[WordsDiff]:
        return WordsDiff

    def get_queryset(self) -> QuerySet[Gift]:
        return with_prices(Gift.objects.all())

    def init_instance(self, row: Any = None) -> Gift:
        gift = super().init_instance(row)
        gift.coins = None
        return gift

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        self.jumps: list[Jump] = []
        self.prices: list[NewPrice] = []
        if len(dataset) > MOST_ROWS:
            raise ValidationError(f"The file has {len(dataset):,} rows; {MOST_ROWS:,} are taken at once.")
        slugs = [(slug or "").strip() for slug in dataset["slug"]]
        if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
            raise ValidationError(f"These slugs are in the file more than once: {', '.join(twice)[:200]}")

    def before_import_row(self, row: dict[str, str], **kwargs: Any) -> None:
        if any("\x00" in str(cell) for cell in row.values()):
            raise ValidationError("The row holds an invisible character. Leave it out.")
        art = TextWidget().clean(row["art"])
        if not is_art(art):
            raise ValidationError({"art": f"No picture is called “{art[:40]}”."})

    def after_init_instance(self, instance: Gift, new: bool, row: Any, **kwargs: Any) -> None:
        instance.coins_before = instance.coins
        instance.before = {} if new else {name: getattr(instance, name) for name in COLUMNS}

    def import_instance(self, instance: Gift, row: Any, **kwargs: Any) -> None:
        """Refuse a price that changes by more than half unless its box was ticked; the preview only collects them."""
        super().import_instance(instance, row, **kwargs)
        before, ticked = instance.coins_before, kwargs.get("ticked")
        if before != instance.coins:
            self.prices.append(NewPrice(instance, before, instance.coins))
        if before is None or not is_jump(before, instance.coins):
            return
        jump = Jump(instance.slug, before, instance.coins)
        if ticked is None or jump.token not in ticked:
            self.jumps.append(jump)
        if ticked is not None and jump.token not in ticked:
            raise ValidationError({"coins": f"{jump}: tick its box if it is meant."})

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        result.jumps, result.prices = self.jumps, self.prices
        # Without ticks it is the preview, which says what the prices do.
        result.effects = new_prices_effects(self.prices[:MOST_EFFECTS]) if kwargs.get("ticked") is None else []
        result.further = len(self.prices) - len(result.effects)

    def after_save_instance(self, instance: Gift, row: Any, **kwargs: Any) -> None:
        if instance.coins != instance.coins_before:
            said = {"reason": kwargs["reason"], "by_name": kwargs.get("by_name", False)}
            set_price(instance, instance.coins, by=kwargs["user"], **said)


def changes_of(gift: Gift) -> str:
    """Return the columns of an imported gift that differ from before the import, as the history has them."""
    pairs = [(name, in_words(gift.before.get(name)), in_words(getattr(gift, name))) for name in COLUMNS]
    return changes_in_words(Change(*pair) for pair in pairs if pair[1] != pair[2])


class Shelf(CacheStorage):
    """Uploads that wait for their confirmation, for an hour in the cache, which all processes share."""

    CACHE_LIFETIME = 3600


class WithReason(forms.Form):
    reason = TypedField(
        max_length=200,
        validators=[validate_visible],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Why the catalog changes. Prices keep it in their public history.",
    )
    by_name = forms.BooleanField(required=False, label="Show my name", help_text="Beside the reason.")


class GiftImportForm(WithReason, ImportForm):
    import_file = forms.FileField(label="File to import", help_text="CSV, at most 500 kB.")
    field_order = ["resource", "import_file", "format", "reason", "by_name"]

    def clean_import_file(self) -> ContentFile:
        file = self.cleaned_data["import_file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"Choose a file of at most {MOST_BYTES // 1000} kB.")
        head, *rows = read_table(file.read(), COLUMNS)
        if not rows:
            raise forms.ValidationError("The file has no rows below its first line.")
        return ContentFile("".join(csv_lines(head, rows)).encode(), name=file.name)


class Ticks(forms.Field):
    """The boxes that were ticked, by their tokens."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> Any:
        return set(value or [])


class GiftConfirmForm(ConfirmImportForm):
    ticked = Ticks(required=False)
    reason = TypedField(max_length=200, validators=[validate_visible], widget=forms.HiddenInput)
    by_name = forms.BooleanField(required=False, widget=forms.HiddenInput)
    format = forms.ChoiceField(choices=[("0", "CSV")], widget=forms.HiddenInput)

    def clean_import_file_name(self) -> str:
        name = super().clean_import_file_name()
        if cache.get(Shelf.CACHE_PREFIX + name) is None:
            raise forms.ValidationError("This preview has expired. Upload the file again.")
        return name
