"""A gift whose price and place in the catalog a test changes."""

from live.models import Gift


def panda():
    return Gift.objects.get(slug="panda")
