"""Django's admin site with the operator's desk: its front page, and its tables in groups of the operator's own."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

from live.views.desk_front import front_of
from people.answers import Context
from people.models import User

# The tables of the admin by what an operator looks for. A model that no group names stands under the last one.
GROUPS = {
    "Money": [
        *("wallet.recharge", "payouts.withdrawal", "live.settlement", "wallet.account", "wallet.transfer"),
        *("wallet.paymentevent", "payouts.weeklyallowance", "payouts.providerhour", "live.closedday"),
        "wallet.bookscheck",
    ],
    "People": ["people.user", "live.creator", "payouts.payoutaccount", "auth.group"],
    "Live": ["live.livesession", "live.gifttap", "live.comment", "live.muted", "live.category"],
    "Rules": [
        *("live.gift", "live.giftprice", "live.giftoffer", "wallet.coinpackage", "wallet.packageprice"),
        *("wallet.coinrate", "payouts.diamondrate", "payouts.payoutterms", "payouts.payoutservice", "live.liveterms"),
        *("people.pageversion", "people.operatoraction"),
    ],
}
GROUP_OF = {model: group for group, models in GROUPS.items() for model in models}


class DeskSite(admin.AdminSite):
    """The operator's side. Everything below the front page is a ModelAdmin."""

    def index(self, request: HttpRequest, extra_context: Context | None = None) -> TemplateResponse:
        """Show the front page: what the operator's permissions allow of money, people and lives."""
        context = {
            **self.each_context(request),
            "title": "Desk",
            **front_of(cast("User", request.user)),
            **(extra_context or {}),
        }
        request.current_app = self.name
        return TemplateResponse(request, "desk/front.html", context)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the tables grouped as in GROUPS; those of one app, for its own page, as Django does."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        groups: dict[str, list[Any]] = {name: [] for name in GROUPS}
        *_, last = GROUPS
        for app in self._build_app_dict(request).values():
            for model in app["models"]:
                key = f"{app['app_label']}.{model['object_name'].lower()}"
                groups[GROUP_OF.get(key, last)].append((key, model))
        return [
            {
                "name": name,
                "app_label": name.lower(),
                "app_url": f"{reverse('admin:index', current_app=self.name)}#{name.lower()}",
                "has_module_perms": True,
                "models": [model for _, model in sorted(found, key=lambda one: _place(name, one[0]))],
            }
            for name, found in groups.items()
            if found
        ]


def _place(group: str, key: str) -> int:
    return GROUPS[group].index(key) if key in GROUPS[group] else len(GROUPS[group])
