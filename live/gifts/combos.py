"""Combos: taps of one face for one gift within five seconds of each other, shown as one with their sum."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from live.faces import Face
from live.models import GiftTap

COMBO_WINDOW = timedelta(seconds=5)


class Combo(NamedTuple):
    """Face, gift and price of its taps, sums of their quantities and coins, place and moment of the last one."""

    face: Face
    gift_id: int
    name: str
    art: str
    price: int
    quantity: int
    coins: int
    created_at: datetime
    last_place: int


def combos_of(taps: Iterable[GiftTap]) -> list[Combo]:
    """Join taps, the oldest first, that follow each other within the window; return the Combos in order."""
    combos: list[Combo] = []
    for tap in taps:
        key = (tap.face, tap.gift_id)
        last = combos[-1] if combos else None
        if last and key == (last.face, last.gift_id) and tap.created_at - last.created_at <= COMBO_WINDOW:
            quantity, coins = last.quantity + tap.quantity, last.coins + tap.coins
            combos[-1] = last._replace(quantity=quantity, coins=coins, created_at=tap.created_at, last_place=tap.place)
        else:
            facts = {field: getattr(tap, field) for field in Combo._fields if field != "last_place"}
            combos.append(Combo(**facts, last_place=tap.place))
    return combos
