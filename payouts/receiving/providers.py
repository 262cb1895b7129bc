"""Services on offer: those through which the chosen payout provider can send."""

from django.db.models import QuerySet

from payouts.gateways import payout_gateway
from payouts.models import PayoutService


def services_offered() -> QuerySet[PayoutService]:
    """Return the approved services that the provider of new withdrawals can send through, as a queryset."""
    approved = PayoutService.objects.filter(is_approved=True)
    services = payout_gateway().services
    return approved if services is None else approved.filter(slug__in=services)


def is_offered(service: PayoutService, country_code: str) -> bool:
    """Say whether money may go through the service in the country (ISO 3166 alpha-2), as the site runs now."""
    services = payout_gateway().services
    return (services is None or service.slug in services) and service.is_available_in(country_code)
