"""The accounts of the books, each with its balance and what that is worth now."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet, Subquery
from django.http import HttpRequest

from payouts.models import DiamondRate
from payouts.money import coins_usd, diamonds_usd, usd
from payouts.worth import Rates
from people.operator import ReadOnlyAdmin, operator_of
from people.operator_lists import ExportsCsv
from wallet import ledger
from wallet.accounts import name_of
from wallet.models import Account, CoinRate, Kind, Transfer, Unit


class Holds(admin.SimpleListFilter):
    """Accounts by what they hold and for whom, by the beginnings of their names."""

    title = "what it holds"
    parameter_name = "holds"
    beginnings = {
        "coins": ("coins:user:", "Coins of people"),
        "diamonds": ("diamonds:user:", "Diamonds of creators"),
        "held": ("held:user:", "Diamonds held for withdrawals"),
        "points": ("points:", "Points of lives"),
    }

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        of_people = [(key, words) for key, (_, words) in self.beginnings.items()]
        return [*of_people, ("house", "The platform’s own")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        if self.value() == "house":
            return queryset.filter(kind=Kind.HOUSE)
        beginning, _ = self.beginnings.get(self.value() or "", ("", ""))
        return queryset.filter(name__startswith=beginning)

    @classmethod
    def in_words(cls, account: Account) -> str:
        """Say what an account holds, without whose it is."""
        found = [words for start, words in cls.beginnings.values() if account.name.startswith(start)]
        return found[0] if found else "The platform’s own"


@admin.register(Account)
class AccountAdmin(ExportsCsv, ReadOnlyAdmin):
    """Accounts by name. An account without a stored balance shows the sum of its transfers on its own page.

    The platform's own accounts add up its business: they are for operators who may view transfers.
    """

    list_display = ("called", "amount", "worth", "holds", "name")
    list_select_related = ("owner",)
    list_filter = (Holds,)
    search_fields = ("=name", "=owner__email")
    search_help_text = "Account name, such as coins:user:7, or an e-mail address"
    ordering = ("name",)
    fields = ("called", "holds", "name", "owner", "balance_now", "latest")
    readonly_fields = ("called", "holds", "balance_now", "latest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        coin, diamond = (rate.objects.started().values("micros")[:1] for rate in (CoinRate, DiamondRate))
        accounts: QuerySet[Any] = super().get_queryset(request)
        if not _may_view_transfers(request):
            accounts = accounts.exclude(kind=Kind.HOUSE)
        return accounts.annotate(coin_micros=Subquery(coin), diamond_micros=Subquery(diamond))

    def get_fields(self, request: HttpRequest, obj: Account | None = None) -> list[Any]:
        names = super().get_fields(request, obj)
        return [name for name in names if name != "latest" or _may_view_transfers(request)]

    @admin.display(description="whose", ordering="owner__name")
    def called(self, account: Account) -> str:
        return name_of(account)

    @admin.display(description="balance", ordering=F("balance").asc(nulls_first=True))
    def amount(self, account: Account) -> str | None:
        return None if account.balance is None else _in_units(account, account.balance)

    @admin.display(description="worth now", ordering=F("balance").asc(nulls_first=True))
    def worth(self, account: Any) -> str | None:
        if account.balance is None or account.unit == Unit.CENT:
            return None
        rates = Rates(account.coin_micros, account.diamond_micros)
        return (coins_usd if account.unit == Unit.COIN else diamonds_usd)(account.balance, rates)

    @admin.display(description="holds")
    def holds(self, account: Account) -> str:
        return Holds.in_words(account)

    @admin.display(description="balance")
    def balance_now(self, account: Account) -> str:
        return _in_units(account, ledger.balance(account))

    @admin.display(description="latest transfers")
    def latest(self, account: Account) -> str:
        rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account))[:20]
        return "\n".join(f"{row.created_at:%-d %b %Y, %H:%M} UTC  {row}" for row in rows) or "none yet"


def _may_view_transfers(request: HttpRequest) -> bool:
    return operator_of(request).has_perm("wallet.view_transfer")


def _in_units(account: Account, amount: int) -> str:
    """Write an amount of an account: 1,000 coins; 1 diamond; $10.00."""
    if account.unit == Unit.CENT:
        return usd(amount)
    return f"{amount:,} {account.unit}{'' if amount == 1 else 's'}"
