"""The form of a gift in the admin, as Otto fills it in."""

from django.utils import timezone

from tests.live.gifts.prices import panda
from tests.operator import save_shown

# A date in the future, two years ahead: the next year may begin while the tests run.
NEW_YEAR = f"{timezone.now().year + 2}-01-01"


def gift_form(gift=None, **changes):
    gift = gift or panda()
    return {
        "name": gift.name,
        "art": gift.art,
        "order": gift.order,
        "new_coins": "",
        "new_from_0": "",
        "new_from_1": "",
        "retired_at_0": "",
        "retired_at_1": "",
        "reason": "",
        "prices-TOTAL_FORMS": 0,
        "prices-INITIAL_FORMS": 0,
        **changes,
    }


def save_panda(client, **changes):
    return save_shown(client, f"/admin/live/gift/{panda().pk}/change/", gift_form(**changes))
