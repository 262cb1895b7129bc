"""Pages of the operator's desk, as a part of Django's admin site."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse

from people.answers import Context
from people.models import User
from people.operator import operator_of


class DeskPages(admin.AdminSite):
    """An admin site that renders templates of the desk."""

    def page(
        self, request: HttpRequest, template: str, title: str, context: Context, *, status: int = 200
    ) -> TemplateResponse:
        """Render a template of templates/desk/ with what every page of the admin has."""
        request.current_app = self.name
        context = {**self.each_context(request), "title": title, **context}
        return TemplateResponse(request, f"desk/{template}.html", context, status=status)


def allowed(request: HttpRequest, *permissions: str) -> User:
    """Return the operator whose request it is; raise PermissionDenied unless they have all permissions."""
    operator = operator_of(request)
    if not operator.has_perms(permissions):
        raise PermissionDenied
    return operator


def may_view(operator: User, model: str) -> bool:
    """Return whether the operator may view the rows of a model, such as `live.giftprice`."""
    app, name = model.split(".")
    return operator.has_perm(f"{app}.view_{name}")
