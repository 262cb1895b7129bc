"""“What happened”: the admin's own history of all operators as a list to search, to filter, and as CSV."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import DELETION
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from people.answers import see_other
from people.change_log import change_log_as_csv, kind_of
from people.models import OperatorAction, User
from people.operator import ReadOnlyAdmin
from people.text.history import read_line

CHANGES_A_TIME = 500


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
class ChangeLogAdmin(ReadOnlyAdmin):
    """Everything an operator did, the newest first. Lines are written by the other screens and never edited."""

    change_list_template = "admin/people/operatoraction/change_list.html"
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

    def get_urls(self) -> list[URLPattern]:
        as_csv = path("csv/", self.admin_site.admin_view(self.csv_view), name="people_operatoraction_csv")
        return [as_csv, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "What happened", **(extra_context or {})})

    def csv_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Return the lines that the list would show with the same address, as CSV."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            actions = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return see_other("admin:people_operatoraction_changelist")
        lines = change_log_as_csv(actions.iterator(CHANGES_A_TIME))
        name = f'attachment; filename="what-happened-{timezone.now():%Y-%m-%d}.csv"'
        return StreamingHttpResponse(lines, "text/csv; charset=utf-8", headers={"Content-Disposition": name})
