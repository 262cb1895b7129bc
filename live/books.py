"""What the books must say of taps, sessions and settlements."""

from django.db.models import Count, F, Max, Min, Q, Sum

from live.models import GifterTally, GiftTap, SessionTally, Settlement, Supporter, TapPlace
from live.statements_proof import closed_months_against_transfers
from wallet import books
from wallet.models import Reason, Unit

GAVE_AT = ["first_gave_at", "last_gave_at"]
SETTLED = ["points", "gifts", "gifters"]
ENDS = [Min("place"), Max("place")]


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
    """By gifter, and so in all: what a session's gifters have been counted for is what its tally says."""
    counted = GiftTap.objects.filter(placed__place__lte=F("session__tally__place"))
    gave = counted.order_by().values_list("session", "viewer", "as_somebody")
    taps = gave.annotate(Sum("coins"), Sum("quantity"), Min("created_at"), Max("created_at"))
    counted = GifterTally.objects.values_list("session", "viewer", "as_somebody", "points", "gifts", *GAVE_AT)
    sentence = "gifter {key}: tally says {found}, the taps add up to {expected}"
    yield from books.compare(_by_gifter(taps), _by_gifter(counted), sentence)
    by_session = GifterTally.objects.order_by().values_list("session")
    gifters = {pk: sums for pk, *sums in by_session.annotate(Sum("points"), Sum("gifts"))}
    tallies = {pk: sums for pk, *sums in SessionTally.objects.values_list("session", "points", "gifts")}
    sentence = "session {key}: tally says {found} (points, gifts), its gifters' add up to {expected}"
    yield from books.compare(gifters, tallies, sentence)


@books.check
def taps_have_the_places_of_their_feed():
    """1, 2, 3 in every session; and none is missing where a reader relies on that: up to the tally, after the end."""
    by_session = TapPlace.objects.order_by().values_list("session")
    places = {pk: (f"{n} from {first} to {last}") for pk, n, first, last in by_session.annotate(Count("pk"), *ENDS)}
    expected = {pk: f"{n} from 1 to {n}" for pk, n in by_session.annotate(Count("pk"))}
    yield from books.compare(expected, places, "session {key}: places are {found}, expected {expected}")
    for tap in TapPlace.objects.exclude(session=F("tap__session")).values_list("tap", flat=True):
        yield f"tap {tap} has a place in the feed of another session"
    counted = Q(session__ended_at__isnull=False) | Q(id__lte=F("session__tally__all_up_to"))
    for tap in GiftTap.objects.filter(counted, placed=None).values_list("id", flat=True):
        yield f"tap {tap} has no place in the feed of its session"
    behind = Q(id__lte=F("session__tally__all_up_to"), placed__place__gt=F("session__tally__place"))
    for tap in GiftTap.objects.filter(behind).values_list("id", flat=True):
        yield f"tap {tap} is behind its session's tally, which says that it isn't"


@books.check
def settlements_are_their_tallies():
    settled = {pk: sums for pk, *sums in Settlement.objects.filter(gifts__gt=0).values_list("session", *SETTLED)}
    ended = GifterTally.objects.filter(session__settlement__isnull=False).order_by().values_list("session")
    tallies = {pk: sums for pk, *sums in ended.annotate(Sum("points"), Sum("gifts"), gifters=Count("pk"))}
    sentence = "session {key}: {found} (points, gifts, gifters) were settled, its tallies add up to {expected}"
    yield from books.compare(tallies, settled, sentence)


@books.check
def supporters_are_their_tallies():
    ended = GifterTally.objects.filter(session__ended_at__isnull=False).order_by()
    lives = [Count("session", distinct=True), Sum("gifts"), Sum("points"), Min("first_gave_at"), Max("last_gave_at")]
    by_name = ended.filter(as_somebody=False).values_list("session__creator", "viewer").annotate(*lives)
    somebodies = ended.filter(as_somebody=True).values_list("session__creator").annotate(*lives)
    expected = {f"{viewer} of creator {creator}": sums for creator, viewer, *sums in by_name}
    expected |= {f"None of creator {creator}": sums for creator, *sums in somebodies}
    kept = Supporter.objects.values_list("creator", "viewer", "lives", "gifts", "points", *GAVE_AT)
    found = {f"{viewer} of creator {creator}": sums for creator, viewer, *sums in kept}
    yield from books.compare(expected, found, "supporter {key}: the row says {found}, the tallies {expected}")


@books.check
def closed_months_are_their_transfers():
    yield from closed_months_against_transfers()


def _by_gifter(rows):
    """Return {session, viewer and face: what was given and when, in words}."""
    return {
        f"{viewer} of session {session}{' as Somebody' if as_somebody else ''}": f"{points} points, {gifts} gifts, "
        f"from {first:%d %b %Y %H:%M:%S.%f} to {last:%d %b %Y %H:%M:%S.%f}"
        for session, viewer, as_somebody, points, gifts, first, last in rows
    }
