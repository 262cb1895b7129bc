"""What the first page of the operator's side counts."""

from django import template

from payouts.waiting import count_waiting_for

register = template.Library()


@register.simple_tag
def waiting_for(operator):
    """Count the withdrawals that the operator can do something about."""
    return count_waiting_for(operator)
