"""Django's admin site with the operator's desk: its front page, and its tables in groups of the operator's own."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from live.views.desk_front import front_of
from live.views.desk_person import ACTS, PersonPages
from live.views.desk_things import ThingPages
from live.views.desk_tracing import TracingPages
from people.answers import Context
from people.operator import operator_of
from people.signing_in.recently import recent_sign_in_required

# The tables of the admin by what an operator looks for. A model that no group names stands under the last one.
GROUPS = {
    "Money": [
        *("wallet.recharge", "payouts.withdrawal", "live.settlement", "wallet.account", "wallet.transfer"),
        *("wallet.paymentevent", "payouts.weeklyallowance", "payouts.providerhour", "live.closedday"),
        "wallet.bookscheck",
    ],
    "People": ["people.user", "live.creator", "payouts.payoutaccount", "auth.group", "people.operatoraction"],
    "Live": ["live.livesession", "live.gifttap", "live.comment", "live.muted", "live.category"],
    "Rules": [
        *("live.gift", "live.giftprice", "live.giftoffer", "wallet.coinpackage", "wallet.packageprice"),
        *(
            "wallet.coinrate",
            "payouts.diamondrate",
            "wallet.rechargeterms",
            "wallet.ageterms",
            "payouts.payoutterms",
            "payouts.payoutservice",
            "live.liveterms",
        ),
        *("people.brand", "people.pageversion", "people.operatoraction"),
    ],
}
GROUP_OF = {model: group for group, models in GROUPS.items() for model in models}


class DeskSite(PersonPages, ThingPages, TracingPages):
    """The operator's side. Everything that is listed or edited is a ModelAdmin."""

    # The front page has all tables, and every page the search: a list needs the width.
    enable_nav_sidebar = False

    def index(self, request: HttpRequest, extra_context: Context | None = None) -> TemplateResponse:
        """Show the front page: what the operator's permissions allow of money, people and lives."""
        return self.page(request, "front", "Desk", {**front_of(operator_of(request)), **(extra_context or {})})

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the desk's own pages, before those of Django's admin."""
        pages: dict[str, tuple[str, Callable[..., HttpResponse]]] = {
            "search/": ("search", self.search_view),
            "person/<int:pk>/": ("person", self.person_view),
            "withdrawal/<uuid:withdrawal_id>/": ("withdrawal", self.withdrawal_view),
            "recharge/<uuid:recharge_id>/": ("recharge", self.recharge_view),
            "live/<uuid:session_id>/": ("live", self.live_view),
            "tap/<uuid:tap_id>/": ("tap", self.tap_view),
            "recharge/<uuid:recharge_id>/money/": ("follow-recharge", self.follow_recharge_view),
            "recharge/<uuid:recharge_id>/money/<uuid:session_id>/": (
                "follow-recharge-in-live",
                self.follow_recharge_in_live_view,
            ),
            "withdrawal/<uuid:withdrawal_id>/money/": ("follow-withdrawal", self.follow_withdrawal_view),
            "withdrawal/<uuid:withdrawal_id>/money/<uuid:session_id>/": (
                "follow-withdrawal-in-live",
                self.follow_withdrawal_in_live_view,
            ),
        }
        own = [path(address, self.admin_view(view), name=name) for address, (name, view) in pages.items()]
        acts = [
            path(
                f"person/<int:pk>/{act.slug}/",
                self.admin_view(recent_sign_in_required(self.act_view)),
                {"act": act},
                name=f"person-{act.slug}",
            )
            for act in ACTS
        ]
        return [*own, *acts, *super().get_urls()]

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
