"""Words of the operator's pages about withdrawals that wait for a person."""

from django import template

from payouts.models import ProviderReport
from payouts.withdrawals.approvals import SAYS_PAID

register = template.Library()


@register.filter
def report_words(report: ProviderReport) -> str:
    """Write what an operator has read at the provider: Paid, its reference is 8XK27; or Not paid."""
    if report.status == SAYS_PAID:
        return f"Paid, its reference is {report.event.removeprefix(f'{SAYS_PAID}:')}"
    return "Not paid"
