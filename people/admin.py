"""The operator's screens about people."""

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.http import HttpRequest

import people.brand_admin
import people.change_log_admin  # noqa: F401  (both register their screens)
from people.access import set_access
from people.access_form import AccessForm
from people.forms import AvatarField, refuse_taken
from people.models import MOST_PAGE_CHARACTERS, PageVersion, User
from people.operator import ReasonedAdmin, ReasonForm, operator_of
from people.pages import text_now
from people.pictures import remove_picture
from people.taken_names import take_name
from people.text.counting import TypedField
from people.text.names import clean_name
from people.text.paragraphs import blocks_of

# Operators get no screens for addresses, second factors and sessions of others, and GroupAdmin replaces that of groups.
# The imports above register the screens of the packages first; a later import would register them again.
for model in (EmailAddress, Authenticator, UserSession, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class UserForm(AccessForm):
    avatar = AvatarField(label="Picture", help_text="Choose a drawing to remove a picture that breaks the rules.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        avatar = self.fields.get("avatar")
        if isinstance(avatar, AvatarField):
            avatar.offer(self.instance)

    def clean_name(self) -> str:
        return refuse_taken(clean_name(self.cleaned_data["name"]), self.instance.name, user=self.instance)


class PermissionsAdmin(ReasonedAdmin):
    """Rows that have permissions. One query reads all permissions and the models that they are for."""

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **options: Any
    ) -> forms.ModelMultipleChoiceField | None:
        if db_field.remote_field.model is Permission:
            options["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **options)


@admin.register(User)
class UserAdmin(PermissionsAdmin):
    """People sign up by themselves; operators rename, deactivate and let in again. Balances are read-only."""

    form = UserForm
    desk_page = "person"
    list_display = ("name", "email", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    search_help_text = "E-mail address or name"
    ordering = ("-id",)
    readonly_fields = ("email", "balances", "date_joined", "last_login")
    filter_horizontal = ("groups", "user_permissions")
    fieldsets = (
        (None, {"fields": ("name", "email", "avatar", "balances", "date_joined", "last_login")}),
        (
            "May come in",
            {
                "fields": ("is_active", "was_active"),
                "description": "Unticked, all sessions of the person end at once, and their live within seconds.",
            },
        ),
        ("Rights", {"fields": RIGHTS, "classes": ("collapse",)}),
        ("Why", {"fields": ("reason",)}),
    )

    @admin.display(description="balances")
    def balances(self, user: User) -> str:
        """Return the guarded balances of the person in words."""
        rows = user.accounts.filter(balance__isnull=False).order_by("name").values_list("name", "balance")
        return ", ".join(f"{name.split(':')[0]}: {balance:,}" for name, balance in rows) or "no account opened yet"

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        rights = () if request.user.is_superuser else RIGHTS
        return (*self.readonly_fields, *rights)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether the operator may change the row: only superusers change a superuser's."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def save_model(self, request: HttpRequest, obj: User, form: UserForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "name" in form.changed_data:
            take_name(obj.name, user=obj)
        if "avatar" in form.changed_data:
            remove_picture(obj)
        if "is_active" in form.changed_data:
            set_access(obj, is_active=obj.is_active, by=operator_of(request))


@admin.register(Group)
class GroupAdmin(PermissionsAdmin):
    """Rights of the staff, by group. Each change needs a reason."""

    search_fields = ("name",)
    ordering = ("name",)
    filter_horizontal = ("permissions",)
    fields = ("name", "permissions", "reason")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Return whether the operator is a superuser: others could otherwise give themselves rights."""
        return request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser


class PageForm(ReasonForm):
    text = TypedField(
        max_length=MOST_PAGE_CHARACTERS,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 30}),
        help_text="Plain text. An empty line begins a paragraph, “# ” a heading, “- ” an item of a list. Addresses "
        "become links, {contact} the support address and {site} the name of the brand.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reason := self.fields.get("reason"):
            reason.help_text = "Everybody reads it beside the version; your name stays in the history here."

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        slug, text = cleaned.get("slug"), cleaned.get("text")
        if slug and text and not blocks_of(text):
            self.add_error("text", "Write something that can be seen.")
        elif slug and text and "\n".join(text.splitlines()) == text_now(slug).strip():
            self.add_error("text", "That is the text that is shown already.")
        return cleaned


@admin.register(PageVersion)
class PageVersionAdmin(ReasonedAdmin):
    """The site's own pages. Adding a version replaces the text on the page; earlier versions stay to read."""

    form = PageForm
    list_display = ("slug", "published_at", "author")
    list_select_related = ("author",)
    list_filter = ("slug",)
    fields = ("slug", "text", "reason")
    # The version itself keeps its text.
    unsaid = (*ReasonedAdmin.unsaid, "text")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return the text that is shown now, of the page in the address or of the help."""
        asked = request.GET.get("slug", "")
        slug = asked if asked in PageVersion.Slug.values else PageVersion.Slug.HELP
        return {"slug": slug, "text": text_now(slug)}

    def has_change_permission(self, request: HttpRequest, obj: PageVersion | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: PageVersion, form: PageForm, change: bool) -> None:
        obj.author = operator_of(request)
        super().save_model(request, obj, form, change)
