"""What the books must say of taps, sessions and settlements."""

from django.db.models import Sum

from live.models import GiftTap, SessionTally, Settlement
from live.statements_proof import closed_months_against_transfers
from wallet import books
from wallet.models import Reason, Unit


@books.check
def taps_are_their_transfers():
    taps = dict(GiftTap.objects.values_list("tap_id", "coins"))
    yield from books.compare(taps, books.posted_for(Reason.GIFT), "tap {key}: {expected} coins given, {found} debited")


@books.check
def points_are_the_taps_of_live_sessions():
    still_live = GiftTap.objects.filter(session__ended_at=None).order_by()
    taps = {f"points:session:{pk}": n for pk, n in still_live.values_list("session").annotate(sum=Sum("coins"))}
    points = {name: n for name, n in books.net_by_account(unit=Unit.COIN).items() if name.startswith("points:")}
    yield from books.compare(taps, points, "{key} holds {found} points, the taps of its session add up to {expected}")


@books.check
def settlements_are_the_taps_and_the_diamonds():
    settled = dict(Settlement.objects.values_list("session", "points"))
    ended = GiftTap.objects.filter(session__ended_at__isnull=False).order_by()
    taps = dict(ended.values_list("session").annotate(sum=Sum("coins")))
    yield from books.compare(taps, settled, "session {key}: taps add up to {expected}, {found} points were settled")
    for reason in (Reason.SETTLE_POINTS, Reason.SETTLE_DIAMONDS):
        sentence = f"session {{key}}: {{expected}} points settled, {{found}} posted as {reason}"
        yield from books.compare(settled, books.posted_for(reason), sentence)


@books.check
def tallies_are_the_taps_before_them():
    for tally in SessionTally.objects.select_related("session"):
        taps = tally.session.taps.filter(transaction_id__lte=tally.transaction_id)
        counted = taps.exclude(transaction_id=tally.transaction_id, id__gt=tally.tap_id)
        points = counted.aggregate(sum=Sum("coins"))["sum"] or 0
        if points != tally.points:
            yield f"session {tally.session_id}: tally says {tally.points} points, its taps add up to {points}"


@books.check
def closed_months_are_their_transfers():
    yield from closed_months_against_transfers()
