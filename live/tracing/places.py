"""The places of gifts in their live: its coins have the order of their transfers, and become diamonds in it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection

from live.gifts.taps import points_of
from people.models import User
from wallet.coins import coins_of
from wallet.replay import Slice

# A row for each gift of some lives: its transfer, who gave it, its coins, and the number of the first of them among all
# coins of its live. What was taken back is left out. Parameters: the accounts of the lives' points, twice.
IN_ORDER = """SELECT id, debit_id, amount,
        CAST(SUM(amount) OVER (PARTITION BY credit_id ORDER BY id) AS bigint) - amount AS first
    FROM wallet_transfer
    WHERE credit_id IN ({lives}) AND id NOT IN (
        SELECT reverses_id FROM wallet_transfer WHERE debit_id IN ({lives}) AND reverses_id IS NOT NULL)"""


def gifts_between(session_id: UUID, slices: Sequence[Slice], *, after: int, most: int) -> list[tuple[int, int]]:
    """Return (transfer id, coins) of the gifts in some of a live's coins, behind a transfer's id, at most `most`."""
    lives, points = _in_order([session_id])
    overlaps = " OR ".join("(first < %s AND first + amount > %s)" for _ in slices)
    bounds = [bound for one in slices for bound in (one.first + one.units, one.first)]
    query = f"SELECT id, first, amount FROM ({lives}) gift WHERE id > %s AND ({overlaps}) ORDER BY id LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [*points, after, *bounds, most])
        return [
            (transfer_id, sum(common(Slice(0, first, coins), one) for one in slices))
            for transfer_id, first, coins in cursor.fetchall()
        ]


def firsts_of(viewer: User, session_ids: Collection[UUID]) -> dict[int, int]:
    """Return {transfer id: the number of its first coin in its live} of a viewer's gifts in some lives. One query."""
    if not session_ids:
        return {}
    lives, points = _in_order(session_ids)
    query = f"SELECT id, first FROM ({lives}) gift WHERE debit_id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [*points, coins_of(viewer).name])
        return dict(cursor.fetchall())


def common(one: Slice, other: Slice) -> int:
    """Return how many units two slices of one source have in common."""
    return max(0, min(one.first + one.units, other.first + other.units) - max(one.first, other.first))


def _in_order(session_ids: Collection[UUID]) -> tuple[str, list[str]]:
    """Return IN_ORDER for these lives, and its parameters."""
    points = [points_of(session_id).name for session_id in session_ids]
    return IN_ORDER.format(lives=", ".join(["%s"] * len(points))), points * 2
