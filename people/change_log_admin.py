"""“What happened”: the admin's own history of all operators as a list to search, to filter, and as CSV."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import DELETION
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from people.change_log import change_log_as_csv, kind_of
from people.models import OperatorAction, User
from people.operator import ReadOnlyAdmin
from people.operator_lists import ExportsCsv
from people.text.history import read_line


class Who(admin.SimpleListFilter):
    title = "who"
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return the operators with a line in the log."""
        acted = User.objects.filter(pk__in=OperatorAction.objects.order_by().values("user"))
        return [(str(key), name) for key, name in acted.order_by("name", "pk").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OperatorAction]) -> QuerySet[OperatorAction]:
        known, chosen = {key for key, _ in self.lookup_choices}, self.value()
        return queryset.filter(user=int(chosen)) if chosen and chosen in known else queryset


class Kind(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return the models with a line in the log."""
        named = ContentType.objects.filter(pk__in=OperatorAction.objects.order_by().values("content_type"))
        return sorted(((str(kind.pk), str(kind.name).capitalize()) for kind in named), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[OperatorAction]) -> QuerySet[OperatorAction]:
        known, chosen = {key for key, _ in self.lookup_choices}, self.value()
        return queryset.filter(content_type=int(chosen)) if chosen and chosen in known else queryset


@admin.register(OperatorAction)
class ChangeLogAdmin(ExportsCsv, ReadOnlyAdmin):
    """Everything an operator did, the newest first. Lines are written by the other screens and never edited."""

    change_list_template = "admin/people/operatoraction/change_list.html"
    csv_name = "what-happened"
    list_display = ("when", "who", "of", "change", "why")
    list_display_links = ("when",)
    list_select_related = ("user", "content_type")
    list_filter = (Who, Kind, "action_time")
    search_fields = ("object_repr", "change_message", "user__name", "=user__email", "=object_id")
    search_help_text = "A word of the change, its reason or its thing, an operator, or the id of the thing"
    ordering = ("-id",)
    fields = readonly_fields = ("when", "who", "of", "change", "why")

    @admin.display(description="when", ordering="id")
    def when(self, action: OperatorAction) -> str:
        return f"{timezone.localtime(action.action_time):%-d %b %Y, %H:%M %Z}"

    @admin.display(description="who", ordering="user__name")
    def who(self, action: OperatorAction) -> str:
        return action.user.name

    @admin.display(description="of")
    def of(self, action: OperatorAction) -> str:
        """Return the thing with its kind, as a link to its page unless it was deleted."""
        address = None if action.action_flag == DELETION else action.get_admin_url()
        if address is None:
            return format_html("<small>{}</small> {}", kind_of(action), action.object_repr)
        return format_html('<small>{}</small> <a href="{}">{}</a>', kind_of(action), address, action.object_repr)

    @admin.display(description="change")
    def change(self, action: OperatorAction) -> str:
        """Return the words of the line, and each field with its value before and after."""
        line = read_line(action.get_change_message())
        one = "<li><b>{}</b>: <del>{}</del> <span>→</span> <ins>{}</ins></li>"
        fields = format_html_join("", one, line.changes)
        return format_html('{}<ul class="changes">{}</ul>', line.words, fields) if line.changes else line.words

    @admin.display(description="why")
    def why(self, action: OperatorAction) -> str:
        return read_line(action.get_change_message()).reason

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "What happened", **(extra_context or {})})

    def csv_of(self, rows: Iterable[OperatorAction]) -> Iterator[str]:
        """Return the lines of the file: one for each changed field."""
        return change_log_as_csv(rows)
