"""Checks of the books for taps, lives and settlements."""

from collections.abc import Iterator

from live.models import GiftOffer, GiftPrice, LiveSession, LiveTerms, Settlement
from wallet import books
from wallet.models import Reason, Unit
from wallet.proofs import Difference, Value, differences, in_force, is_not_in_force, rows_of, shifted, uuid_text
from wallet.seals import seal

# Clocks of servers may differ a little.
CLOCKS = 1

seal(GiftPrice, rows=GiftPrice.objects.started)
seal(GiftOffer, rows=GiftOffer.objects.started)
seal(LiveTerms, rows=LiveTerms.objects.started)
seal(LiveSession, but=("creator_seen_at", "peak_viewers"), rows=lambda: LiveSession.objects.exclude(ended_at=None))
seal(Settlement)


@books.expect
def taps_and_settlements_move_coins_and_diamonds() -> str:
    settled = """FROM live_settlement settlement
        JOIN live_livesession session ON session.id = settlement.session_id WHERE settlement.points > 0"""
    return f"""SELECT '{Reason.GIFT}' AS reason, tap_id AS reference, 0 AS is_reversal,
            'coins:user:' || viewer_id AS debit_id, 'points:session:' || {uuid_text("session_id")} AS credit_id,
            coins AS amount, created_at
        FROM live_gifttap
        UNION ALL SELECT '{Reason.SETTLE_POINTS}', settlement.session_id, 0,
            'points:session:' || {uuid_text("settlement.session_id")}, 'coins:redeemed',
            settlement.points, settlement.settled_at {settled}
        UNION ALL SELECT '{Reason.SETTLE_DIAMONDS}', settlement.session_id, 0,
            'diamonds:issuance', 'diamonds:user:' || session.creator_id,
            settlement.diamonds, settlement.settled_at {settled}"""


@books.check
def taps_are_of_their_live_and_price() -> Iterator[str]:
    """Each tap is by another person than the creator, within the live, with gifts open, at the price of then."""
    other_price = is_not_in_force(
        "tap.price", "live_giftprice", "coins", "tap.created_at", of="dated.gift_id = tap.gift_id"
    )
    offers = ("live_giftoffer", "is_offered", "tap.created_at")
    of = "dated.gift_id = tap.gift_id"
    retired = f"({in_force(*offers, of=of)} IS NOT NULL AND {is_not_in_force('true', *offers, of=of)})"
    query = f"""SELECT tap.tap_id, tap.price, tap.created_at, {other_price}, {retired},
            session.creator_id = tap.viewer_id, session.gifts_open
        FROM live_gifttap tap LEFT JOIN live_livesession session ON session.id = tap.session_id
        WHERE session.id IS NULL OR session.creator_id = tap.viewer_id OR NOT session.gifts_open
            OR tap.created_at < {shifted("session.started_at", -CLOCKS)}
            OR {shifted("tap.created_at", -CLOCKS)} > session.ended_at
            OR {other_price} OR {retired} ORDER BY tap.id"""
    for tap, price, moment, is_other_price, is_retired, is_own, gifts_open in rows_of(query):
        if is_other_price:
            yield f"tap {tap} cost {price} coins, which wasn't the gift's price at {moment}"
        elif is_retired:
            yield f"tap {tap} is of a gift that was retired at {moment}"
        elif is_own:
            yield f"tap {tap} was given by the live's own creator"
        elif not gifts_open:
            yield f"tap {tap} was given in a live that had its gifts closed, or isn't there"
        else:
            yield f"tap {tap} at {moment} isn't within its live"


@books.check
def lives_are_their_accounts_and_settlements() -> Iterator[str]:
    """Each live has an account of points. Each ended one has a settlement, of its end's moment and rate."""
    lives = f"SELECT 'points:session:' || {uuid_text('id')} AS name, '{Unit.COIN}' AS unit FROM live_livesession"
    tallies = "SELECT name, unit FROM wallet_account WHERE kind = 'tally'"
    for difference in differences(lives, tallies, keys=["name"], columns=["unit"]):
        yield f"{difference.key[0]} is {'missing' if difference.found is None else 'the account of no live'}"
    ended = "SELECT id AS session_id, ended_at AS settled_at FROM live_livesession WHERE ended_at IS NOT NULL"
    settled = "SELECT session_id, settled_at FROM live_settlement"
    for difference in differences(ended, settled, keys=["session_id"], columns=["settled_at"]):
        yield f"session {difference.key[0]}: {_ended(difference)}"
    other_rate = is_not_in_force("rate_micros", "payouts_diamondrate", "micros", "settled_at")
    rated = f"SELECT session_id, rate_micros, settled_at FROM live_settlement WHERE {other_rate} ORDER BY settled_at"
    for session, micros, moment in rows_of(rated):
        yield f"session {session} was settled at {micros} micros a diamond, which wasn't the rate at {moment}"


def _ended(difference: Difference) -> str:
    if difference.found is None:
        return "it ended and wasn't settled"
    return "it was settled and hasn't ended" if difference.expected is None else difference.in_words()


@books.check
def lives_take_gifts_from_the_followers_needed() -> Iterator[str]:
    enough = "session.tray_wanted AND session.followers_at_start >= dated.followers_needed"
    is_open = f"CASE WHEN {enough} THEN true ELSE false END"
    differs = is_not_in_force("session.gifts_open", "live_liveterms", is_open, "session.started_at")
    query = f"""SELECT session.id, session.gifts_open, session.followers_at_start FROM live_livesession session
        WHERE {differs} ORDER BY session.id"""
    for session, is_open, followers in rows_of(query):
        yield f"session {session} has its gifts {'open' if is_open else 'closed'} with {followers} followers"


@books.check
def points_are_the_taps_of_live_sessions() -> Iterator[str]:
    """The balance of a running live's account is the sum of its taps."""
    taps = f"""SELECT 'points:session:' || {uuid_text("tap.session_id")} AS name, SUM(tap.coins) AS points
        FROM live_gifttap tap JOIN live_livesession session ON session.id = tap.session_id
        WHERE session.ended_at IS NULL GROUP BY tap.session_id"""
    points = "WHERE credit_id LIKE 'points:%' OR debit_id LIKE 'points:%'"
    on_account = f"SELECT name, net AS points FROM ({books.nets(points)}) net WHERE name LIKE 'points:%' AND net <> 0"
    for difference in differences(taps, on_account, keys=["name"], columns=["points"]):
        expected, found = _numbers(difference, "points")
        yield f"{difference.key[0]} holds {found} points, the taps of its session add up to {expected}"


@books.check
def settlements_are_the_taps() -> Iterator[str]:
    taps = """SELECT tap.session_id, SUM(tap.coins) AS points FROM live_gifttap tap
        JOIN live_livesession session ON session.id = tap.session_id
        WHERE session.ended_at IS NOT NULL GROUP BY tap.session_id"""
    settled = "SELECT session_id, points FROM live_settlement WHERE points <> 0"
    for difference in differences(taps, settled, keys=["session_id"], columns=["points"]):
        expected, found = _numbers(difference, "points")
        yield f"session {difference.key[0]}: taps add up to {expected}, {found} points were settled"


def _numbers(difference: Difference, column: str) -> tuple[Value, Value]:
    """Return the expected and the found number; 0 for a missing row."""
    expected, found = (side[column] if side else 0 for side in (difference.expected, difference.found))
    return expected, found
