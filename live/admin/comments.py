"""Comments, which operators may remove with a reason, and the people muted in lives."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from live.comments.comments import remove_comment
from live.models import Comment, Muted
from people.operator import ReadOnlyAdmin, ReasonActionAdmin, operator_of
from people.operator_lists import SearchesById, state_filter


@admin.register(Comment)
class CommentAdmin(SearchesById, ReasonActionAdmin):
    """Comments, read-only. Removing one needs a reason; the row stays, with its remover and the moment."""

    id_field = "comment_id"
    list_display = ("text", "author", "as_somebody", "session", "created_at", "removed_at", "removed_by")
    list_select_related = ("author", "session", "removed_by")
    list_filter = (state_filter("removed_at", empty=("shown", "Not removed"), filled=("removed", "Removed")),)
    search_fields = ("=author__email", "=session__creator__handle")
    search_help_text = "Comment id, e-mail address of its author, or handle of the creator"
    ordering = ("-id",)
    actions = ("remove_comments",)
    fields = ("text", "author", "as_somebody", "session", "created_at", "removed_at", "removed_by")

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("live.change_comment")

    @admin.action(description="Remove these comments", permissions=["remove"])
    def remove_comments(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        def remove(comment: Comment, reason: str) -> bool:
            return remove_comment(comment, by=operator_of(request))

        self.do_with_reason(request, queryset, remove, done="Removed", before="Removed before")


@admin.register(Muted)
class MutedAdmin(ReadOnlyAdmin):
    """The people muted in lives."""

    list_display = ("person", "as_somebody", "session", "created_at")
    list_select_related = ("person", "session")
    search_fields = ("=person__email", "=session__creator__handle")
    search_help_text = "E-mail address, or handle of the creator"
    ordering = ("-id",)
