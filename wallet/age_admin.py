"""The operator's screen of the age that recharges and payout accounts need."""

from typing import Any

from django.db.models import Max

from people.models import User
from wallet.dated_admin import DatedAdmin
from wallet.dated_forms import DatedForm
from wallet.models import AgeTerms
from wallet.moments import moment_in_words


class AgeTermsForm(DatedForm[AgeTerms]):
    def in_short(self, after: dict[str, Any]) -> str:
        return f"{after['least_age']} years"

    def effect(self, before: AgeTerms, after: dict[str, Any]) -> str:
        moment = moment_in_words(after["starts_at"])
        return f"from {before.least_age} to {after['least_age']} years, from {moment} on."

    def further_effects(self, before: AgeTerms, after: dict[str, Any]) -> list[str]:
        declared = User.objects.annotate(declared=Max("age_declarations__age")).filter(declared__gte=before.least_age)
        asked = declared.filter(declared__lt=after["least_age"]).count()
        return [f"People who have declared their age and are asked again at their next recharge: {asked:,}."]


class AgeTermsAdmin(DatedAdmin):
    """The age from which people may buy coins and be paid out."""

    form = AgeTermsForm
    list_display = ("least_age", "starts_at", "state", "set_by", "reason_given")
    fields = ("least_age", "starts_at", "reason_given", "by_name")
