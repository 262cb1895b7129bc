"""Categories of lives: their names, their order, and whether a creator may choose them."""

from django.contrib import admin
from django.http import HttpRequest

from live.models import Category
from people.forms import NameField
from people.operator import ReasonedAdmin, ReasonForm


class CategoryForm(ReasonForm):
    """A category with its name cleaned as names of people are."""

    name = NameField(help_text="What pages call it.")


@admin.register(Category)
class CategoryAdmin(ReasonedAdmin):
    form = CategoryForm
    list_display = ("name", "slug", "order", "is_shown")
    fields = ("slug", "name", "order", "is_shown", "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Category | None = None) -> tuple[str, ...]:
        """Keep the slug of a category, because links name it."""
        return ("slug",) if obj else ()
