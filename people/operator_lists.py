"""Lists of the operator's screens: links to the desk's pages, filters for the questions of a morning, CSV."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from people.answers import see_other
from people.text.numbers import in_dollars
from people.text.spreadsheets import Cell, csv_lines, harmless

ROWS_A_TIME = 500


class OperatorList(ChangeList):
    """A list whose rows lead to the desk's page of the thing, where there is one."""

    def url_for_result(self, result: models.Model) -> str:
        page = getattr(self.model_admin, "desk_page", "")
        return reverse(f"admin:{page}", args=[result.pk]) if page else super().url_for_result(result)

    @property
    def csv_url(self) -> str:
        """The address of these rows as CSV; empty for a list without."""
        return f"csv/{self.get_query_string()}" if isinstance(self.model_admin, ExportsCsv) else ""


class SearchesById:
    """Search a whole UUID by the index of the key, and other text by search_fields."""

    id_field = "pk"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        try:
            return queryset.filter(**{self.id_field: UUID(search_term.strip())}), False
        except ValueError:
            words = search_term.replace("\x00", "")
            return super().get_search_results(request, queryset, words)  # type: ignore[misc]


def since_filter(column: str) -> type[admin.SimpleListFilter]:
    """Return a filter for rows whose moment in a column is of today, of the last 7 days, or of the last 28."""

    class Since(admin.SimpleListFilter):
        title = "when"
        parameter_name = "since"

        def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
            return [("1", "Today (UTC)"), ("7", "The last 7 days"), ("28", "The last 28 days")]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() not in ("1", "7", "28"):
                return queryset
            midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            return queryset.filter(**{f"{column}__gte": midnight - timedelta(days=int(self.value() or 1) - 1)})

    return Since


def state_filter(column: str, *, empty: tuple[str, str], filled: tuple[str, str]) -> type[admin.SimpleListFilter]:
    """Return a filter for rows whose column is null, and for the others: (its value in the address, its words) each."""

    class State(admin.SimpleListFilter):
        title = parameter_name = "state"

        def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
            return [empty, filled]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            if self.value() not in (empty[0], filled[0]):
                return queryset
            return queryset.filter(**{f"{column}__isnull": self.value() == empty[0]})

    return State


def above_filter(column: str, *limits: int) -> type[admin.SimpleListFilter]:
    """Return a filter for rows with more than so many cents in a column."""

    class Above(admin.SimpleListFilter):
        title = "amount"
        parameter_name = "above"

        def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
            return [(str(cents), f"Above {in_dollars(cents)}") for cents in limits]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            known = {str(cents) for cents in limits}
            return queryset.filter(**{f"{column}__gt": int(self.value() or 0)}) if self.value() in known else queryset

    return Above


class ExportsCsv(admin.ModelAdmin):
    """A list that can be had as CSV, with its search and its filters: the columns of the list, every row."""

    # The file's name before its date; the model's name if it is empty.
    csv_name = ""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_csv"
        return [path("csv/", self.admin_site.admin_view(self.csv_view), name=name), *super().get_urls()]

    def csv_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Return the rows that the list would show with the same address, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            rows = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return see_other(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        name = f'attachment; filename="{self.csv_name or self.opts.model_name}-{timezone.now():%Y-%m-%d}.csv"'
        lines = self.csv_of(rows.iterator(ROWS_A_TIME))
        return StreamingHttpResponse(lines, "text/csv; charset=utf-8", headers={"Content-Disposition": name})

    def csv_of(self, rows: Iterable[Any]) -> Iterator[str]:
        """Return the lines of the file."""
        columns: list[Any] = list(self.list_display)
        heads = ["id", *(str(label_for_field(name, self.model, self)) for name in columns)]
        return csv_lines(heads, ([str(row.pk), *(self._cell(row, name) for name in columns)] for row in rows))

    def _cell(self, row: models.Model, name: str) -> Cell:
        """Return a cell as the list shows it; a moment in UTC as ISO 8601, which sorts."""
        field, _, value = lookup_field(name, row, self)
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat(timespec="seconds")
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        shown = display_for_field(value, field, "") if field and field.choices else value
        return "" if shown is None else harmless(str(shown))
