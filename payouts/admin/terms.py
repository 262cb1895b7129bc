"""The limits of withdrawals, their approvals, and the services that may send money."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from payouts.effects import payout_terms_effects
from payouts.models import PayoutService, PayoutTerms
from payouts.money import usd, whole
from people.operator import ReasonedAdmin, is_jump
from wallet.dated_admin import DatedAdmin
from wallet.dated_forms import CREATORS_ARE_TOLD, TermsForm
from wallet.dated_words import Sentences, differences

SENTENCES: Sentences = {
    "minimum_cents": ("one withdrawal will be at least {} instead of {}", usd),
    "weekly_cents": ("all of one week will be at most {} instead of {}", usd),
    "account_wait_hours": ("a new payout account can be used after {} hours instead of {}", whole),
    "quote_seconds": ("a quote will hold {} seconds instead of {}", whole),
    "arrival_days": ("the money will be said to arrive within {} days instead of {}", whole),
}


class PayoutTermsForm(TermsForm[PayoutTerms]):
    told = CREATORS_ARE_TOLD
    numbers = ("minimum_cents", "weekly_cents", "account_wait_hours")
    watched = (*numbers, "approval_cents", "two_people_cents", "first_needs_approval")

    def clean(self) -> dict[str, Any]:
        minimum, weekly = self.cleaned_data.get("minimum_cents"), self.cleaned_data.get("weekly_cents")
        if minimum and weekly and minimum > weekly:
            self.add_error("minimum_cents", f"The minimum can't be above the maximum of a week, {usd(weekly)}.")
        one, two = self.cleaned_data.get("approval_cents"), self.cleaned_data.get("two_people_cents")
        if one is not None and two is not None and two < one:
            words = f"Two operators can't be needed below the amount from which one is needed, {usd(one)}."
            self.add_error("two_people_cents", words)
        return super().clean()

    def is_large(self, before: PayoutTerms, after: dict[str, Any]) -> bool:
        return any(is_jump(getattr(before, name), after[name]) for name in self.numbers) or _loosens(before, after)

    def changes(self, before: PayoutTerms, after: dict[str, Any]) -> dict[str, str]:
        changes = differences(before, after, SENTENCES)
        approvals, approvals_before = _approvals_in_words(after), _approvals_in_words(vars(before))
        if approvals != approvals_before:
            changes["approvals"] = (
                f"{approvals}, instead of: {approvals_before} (withdrawals that were requested before keep the "
                "approvals that they need)"
            )
        return changes

    def in_short(self, after: dict[str, Any]) -> str:
        return "these limits"

    def concerned(self, before: PayoutTerms) -> dict[str, str]:
        return payout_terms_effects(before, self.instance)


def _loosens(before: PayoutTerms, after: dict[str, Any]) -> bool:
    """Return whether fewer withdrawals would wait for approval: an amount goes away, or rises by more than half."""
    for name in ("approval_cents", "two_people_cents"):
        old, new = getattr(before, name), after[name]
        if old is not None and (new is None or (new > old and is_jump(old, new))):
            return True
    return before.first_needs_approval and not after["first_needs_approval"]


def _approvals_in_words(terms: dict[str, Any]) -> str:
    """Say which withdrawals an operator must approve."""
    one, two = terms["approval_cents"], terms["two_people_cents"]
    parts = [
        f"one operator must approve what is above {usd(one)}" if one is not None else "",
        f"two must approve what is above {usd(two)}" if two is not None else "",
        "one must approve a creator's first withdrawal" if terms["first_needs_approval"] else "",
    ]
    return ", ".join(filter(None, parts)) or "no withdrawal needs an approval"


@admin.register(PayoutTerms)
class PayoutTermsAdmin(DatedAdmin):
    """The limits of withdrawals."""

    form = PayoutTermsForm
    list_display = ("minimum", "week", "approvals", "wait", "starts_at", "state", "set_by", "reason_given")
    fieldsets = (
        (None, {"fields": ("minimum_cents", "weekly_cents", "quote_seconds", "arrival_days")}),
        (
            "What a person must look at",
            {
                "fields": ("approval_cents", "two_people_cents", "first_needs_approval"),
                "description": (
                    "Such a withdrawal waits among “Waiting for you” until so many different operators have approved "
                    "it. Nobody can approve their own. The amount for two also counts for concluding by hand, and "
                    "needs two operators who may change withdrawals."
                ),
            },
        ),
        ("Payout accounts", {"fields": ("account_wait_hours",)}),
        ("From when, and why", {"fields": ("starts_at", "reason_given", "by_name")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[Any] | tuple[Any, ...]:
        """Show an existing row with its author, as DatedAdmin does."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        *others, (name, options) = fieldsets
        return [*others, (name, {**options, "fields": ("starts_at", "reason_given", "by_name", "set_by")})]

    @admin.display(description="minimum of one")
    def minimum(self, terms: PayoutTerms) -> str:
        return usd(terms.minimum_cents)

    @admin.display(description="maximum of a week")
    def week(self, terms: PayoutTerms) -> str:
        return usd(terms.weekly_cents)

    @admin.display(description="approvals")
    def approvals(self, terms: PayoutTerms) -> str:
        return _approvals_in_words(vars(terms)).capitalize()

    @admin.display(description="a new account waits")
    def wait(self, terms: PayoutTerms) -> str:
        return f"{terms.account_wait_hours} hours"


@admin.register(PayoutService)
class PayoutServiceAdmin(ReasonedAdmin):
    """Services that may send money, and their countries."""

    list_display = ("name", "slug", "is_approved", "receiver_kind", "where")
    list_filter = ("is_approved",)
    fields = ("slug", "name", "countries", "receiver_kind", "is_approved", "fee_note", "reason")

    @admin.display(description="available in")
    def where(self, service: PayoutService) -> str:
        return f"{len(service.countries)} countries" if service.countries else "everywhere"

    def get_readonly_fields(self, request: HttpRequest, obj: PayoutService | None = None) -> tuple[str, ...]:
        """The kind of receiver can't change once creators have accounts with the service."""
        if obj is None:
            return ()
        return ("slug", "receiver_kind") if obj.accounts.exists() else ("slug",)
