"""Words of the operator's pages about withdrawals that wait for a person."""

from django import template

from payouts.withdrawals.approvals import SAYS_PAID
from payouts.withdrawals.waiting import count_waiting_for

register = template.Library()


@register.simple_tag
def waiting_for(operator):
    """Count the withdrawals that the operator can do something about."""
    return count_waiting_for(operator)


@register.filter
def report_words(report):
    """Write what an operator has read at the provider: Paid, its reference is 8XK27; or Not paid."""
    if report.status == SAYS_PAID:
        return f"Paid, its reference is {report.event.removeprefix(f'{SAYS_PAID}:')}"
    return "Not paid"
