"""The overlay as OBS asks for it."""

from live.gifts.catalog import catalog


def page_of(overlay):
    return f"/live/overlay/{overlay.token}/"


def gift_called(slug):
    return catalog().get(slug=slug)


def news(client, overlay, **asked):
    return client.get(f"{page_of(overlay)}now/", asked).json()
