"""Creators: their public words, their followers, and whether they may sign in."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from live.comments.words import clean_line
from live.creators.banners import remove_banner
from live.creators.finding import note_creator
from live.models import Creator, Follow
from live.sessions.closing import close_creator
from people.access import set_access
from people.access_form import AccessForm
from people.forms import refuse_taken
from people.models import User
from people.operator import ReasonedAdmin, operator_of
from people.taken_names import take_name
from people.text.names import clean_name


class CreatorForm(AccessForm):
    """A creator's public words, and whether the person may sign in."""

    is_active = forms.BooleanField(
        label="May come in",
        required=False,
        help_text="Unticked, a running live is ended and settled, and all sessions of the person end at once.",
    )

    no_banner = forms.BooleanField(label="Remove the banner", required=False, help_text="If it breaks the rules.")

    class Meta:
        model = Creator
        fields = ["name", "bio", "next_live"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["is_active"] = self.person.is_active

    def clean_name(self) -> str:
        return refuse_taken(clean_name(self.cleaned_data["name"]), self.instance.name, user=self.instance.user)

    def clean_next_live(self) -> str:
        return clean_line(self.cleaned_data["next_live"])

    @property
    def person(self) -> User:
        return self.instance.user


@admin.register(Creator)
class CreatorAdmin(ReasonedAdmin):
    form = CreatorForm
    list_display = ("name", "handle", "user", "follower_count", "may_come_in", "created_at")
    list_select_related = ("user",)
    list_filter = ("user__is_active",)
    search_fields = ("name", "handle", "=user__email")
    search_help_text = "Name, handle or e-mail address"
    fields = (
        "user", "handle", "name", "bio", "next_live", "follower_count", "created_at", "banner_now", "no_banner",
        "is_active", "was_active", "reason",
    )  # fmt: skip
    readonly_fields = ("user", "handle", "follower_count", "created_at", "banner_now")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Creator]:
        """Count followers by a subquery, which runs only for the rows of the page."""
        followers = Follow.objects.filter(creator=OuterRef("pk")).order_by().values("creator")
        count = Subquery(followers.annotate(n=Count("pk")).values("n"))
        return super().get_queryset(request).select_related("user").annotate(follower_count=Coalesce(count, 0))

    @admin.display(description="followers", ordering="follower_count")
    def follower_count(self, creator: Creator) -> str:
        return f"{creator.follower_count:,}"

    @admin.display(description="banner")
    def banner_now(self, creator: Creator) -> str:
        if not creator.banner:
            return "none"
        return format_html('<a href="{}">{}</a>', reverse("picture", args=[creator.banner]), creator.banner)

    @admin.display(description="may come in", boolean=True, ordering="user__is_active")
    def may_come_in(self, creator: Creator) -> bool:
        return creator.user.is_active

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Creator, form: CreatorForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "name" in form.changed_data:
            take_name(obj.name, user=obj.user, as_creator=True)
            note_creator(obj)
        if form.cleaned_data["no_banner"]:
            remove_banner(obj)
        if "is_active" not in form.changed_data:
            return
        if form.cleaned_data["is_active"]:
            set_access(obj.user, is_active=True, by=operator_of(request))
        else:
            close_creator(obj, by=operator_of(request))
