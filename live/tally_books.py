"""Checks of the books for tallies, supporters and closed months: each kept sum is computed again."""

from collections.abc import Iterator
from datetime import date

from live.models import StatementClosing
from payouts.models import Withdrawal
from wallet import books
from wallet.proofs import Value, differences, in_force, month_of, rows_of

FACE = ["session_id", "viewer_id", "as_somebody"]
GAVE = ["points", "gifts", "first_gave_at", "last_gave_at"]

# The taps up to the place in the feed at which the tally of their session stands.
COUNTED_TAPS = """SELECT tap.session_id, tap.viewer_id, tap.as_somebody, SUM(tap.coins) AS points,
        SUM(tap.quantity) AS gifts, MIN(tap.created_at) AS first_gave_at, MAX(tap.created_at) AS last_gave_at
    FROM live_gifttap tap JOIN live_tapplace placed ON placed.tap_id = tap.id
        JOIN live_sessiontally tally ON tally.session_id = tap.session_id AND placed.place <= tally.place
    GROUP BY tap.session_id, tap.viewer_id, tap.as_somebody"""
GIFTER_TALLIES = """SELECT session_id, viewer_id, as_somebody, points, gifts, first_gave_at, last_gave_at
    FROM live_giftertally"""
OF_SESSIONS = """SELECT session_id, SUM(points) AS points, SUM(gifts) AS gifts, COUNT(*) AS gifters
    FROM live_giftertally GROUP BY session_id"""
OF_SETTLED = f"SELECT * FROM ({OF_SESSIONS}) tally WHERE session_id IN (SELECT session_id FROM live_settlement)"
SESSION_TALLIES = "SELECT session_id, points, gifts FROM live_sessiontally"
# The tally of an ended live is at its last place.
LAST_PLACES = """SELECT session_id, MAX(place) AS place FROM live_tapplace
    WHERE session_id IN (SELECT session_id FROM live_settlement) GROUP BY session_id"""
LAST_COUNTED = """SELECT session_id, place FROM live_sessiontally
    WHERE session_id IN (SELECT session_id FROM live_settlement)"""
MISNUMBERED = """SELECT session_id, COUNT(*), MIN(place), MAX(place) FROM live_tapplace
    GROUP BY session_id HAVING MIN(place) <> 1 OR MAX(place) <> COUNT(*)"""
MISPLACED = """SELECT placed.tap_id FROM live_tapplace placed LEFT JOIN live_gifttap tap ON tap.id = placed.tap_id
    WHERE tap.id IS NULL OR tap.session_id <> placed.session_id"""
# Queries rely on places in two ranges: in ended lives, and up to the id that a tally names.
PLACELESS = """SELECT tap.id FROM live_gifttap tap JOIN live_livesession session ON session.id = tap.session_id
    LEFT JOIN live_sessiontally tally ON tally.session_id = tap.session_id
    LEFT JOIN live_tapplace placed ON placed.tap_id = tap.id
    WHERE placed.tap_id IS NULL AND (session.ended_at IS NOT NULL OR tap.id <= tally.all_up_to)"""
BEHIND = """SELECT tap.id FROM live_gifttap tap JOIN live_tapplace placed ON placed.tap_id = tap.id
    JOIN live_sessiontally tally ON tally.session_id = tap.session_id
    WHERE tap.id <= tally.all_up_to AND placed.place > tally.place"""
SETTLED = """SELECT settlement.session_id, settlement.points, settlement.gifts, settlement.gifters
    FROM live_settlement settlement WHERE settlement.gifts <> 0 OR settlement.gifters <> 0 OR settlement.points <> 0"""
SUPPORTED = """SELECT session.creator_id, {viewer} AS viewer_id, COUNT(DISTINCT tally.session_id) AS lives,
        SUM(tally.gifts) AS gifts, SUM(tally.points) AS points,
        MIN(tally.first_gave_at) AS first_gave_at, MAX(tally.last_gave_at) AS last_gave_at
    FROM live_giftertally tally JOIN live_livesession session ON session.id = tally.session_id
    WHERE session.ended_at IS NOT NULL AND {which} GROUP BY {by}"""
BY_NAME = SUPPORTED.format(
    viewer="tally.viewer_id", which="NOT tally.as_somebody", by="session.creator_id, tally.viewer_id"
)
SOMEBODIES = SUPPORTED.format(viewer="0", which="tally.as_somebody", by="session.creator_id")
# No user has the key 0: it stands for all Somebodies of a creator.
SUPPORTERS = """SELECT creator_id, COALESCE(viewer_id, 0) AS viewer_id, lives, gifts, points, first_gave_at,
    last_gave_at FROM live_supporter"""

# Lines of closed months: of lives by pair of rates, and of withdrawals by the status that they reached.
EARNED = """SELECT person_id, month, 'earned' AS kind, rate_micros, coin_micros, COUNT(*) AS count, SUM(gifts) AS gifts,
        SUM(diamonds) AS diamonds, 0 AS cents
    FROM (SELECT session.creator_id AS person_id, {month} AS month, settlement.rate_micros, {coin} AS coin_micros,
            settlement.gifts, settlement.diamonds
        FROM live_settlement settlement JOIN live_livesession session ON session.id = settlement.session_id) settled
    WHERE month < '{until}' GROUP BY person_id, month, rate_micros, coin_micros"""
MOVED = """SELECT person_id, month, kind, 0 AS rate_micros, 0 AS coin_micros, COUNT(*) AS count, 0 AS gifts,
        SUM(diamonds) AS diamonds, SUM(cents) AS cents
    FROM (SELECT withdrawal.creator_id AS person_id, {month} AS month, withdrawal.diamonds, withdrawal.cents,
            CASE WHEN paid.id < step.id AND step.status IN ({given_back}) THEN 'came-back' ELSE step.status END AS kind
        FROM payouts_withdrawalstep step JOIN payouts_withdrawal withdrawal ON withdrawal.id = step.withdrawal_id
        LEFT JOIN payouts_withdrawalstep paid ON paid.withdrawal_id = withdrawal.id AND paid.status = 'paid'
        WHERE step.status <> 'sent') moved
    WHERE month < '{until}' GROUP BY person_id, month, kind"""
LINES = """SELECT person_id, month, kind, rate_micros, coin_micros, count, gifts, diamonds, cents
    FROM live_statementline"""


@books.check
def tallies_are_the_taps_before_them() -> Iterator[str]:
    """Gifter tallies are the sums of their taps, and session tallies the sums of their gifters'."""
    for difference in differences(COUNTED_TAPS, GIFTER_TALLIES, keys=FACE, columns=GAVE):
        session, viewer, as_somebody = difference.key
        who = f"{viewer} of session {session}{' as Somebody' if as_somebody else ''}"
        yield f"gifter {who}: tally says {_gave(difference.found)}, the taps add up to {_gave(difference.expected)}"
    for difference in differences(OF_SESSIONS, SESSION_TALLIES, keys=["session_id"], columns=["points", "gifts"]):
        found, expected = _sums(difference.found), _sums(difference.expected)
        yield f"session {difference.key[0]}: tally says {found} (points, gifts), its gifters' add up to {expected}"
    for difference in differences(LAST_PLACES, LAST_COUNTED, keys=["session_id"], columns=["place"]):
        yield f"session {difference.key[0]} has ended, and its tally doesn't stand at its last place"


@books.check
def taps_have_the_places_of_their_feed() -> Iterator[str]:
    """Places are 1, 2, 3 in every session. None is missing up to the tally, nor in an ended live."""
    for session, count, first, last in rows_of(MISNUMBERED):
        yield f"session {session}: places are {count} from {first} to {last}, expected {count} from 1 to {count}"
    for (tap,) in rows_of(MISPLACED):
        yield f"tap {tap} has a place in the feed of another session"
    for (tap,) in rows_of(PLACELESS):
        yield f"tap {tap} has no place in the feed of its session"
    for (tap,) in rows_of(BEHIND):
        yield f"tap {tap} is behind its session's tally, which says that it isn't"


@books.check
def settlements_are_their_tallies() -> Iterator[str]:
    columns = ["points", "gifts", "gifters"]
    for difference in differences(OF_SETTLED, SETTLED, keys=["session_id"], columns=columns):
        found, expected = _sums(difference.found), _sums(difference.expected)
        yield (
            f"session {difference.key[0]}: {found} (points, gifts, gifters) were settled, "
            f"its tallies add up to {expected}"
        )


@books.check
def supporters_are_their_tallies() -> Iterator[str]:
    given, columns = f"{BY_NAME} UNION ALL {SOMEBODIES}", ["lives", "gifts", "points", "first_gave_at", "last_gave_at"]
    for difference in differences(given, SUPPORTERS, keys=["creator_id", "viewer_id"], columns=columns):
        creator, viewer = difference.key
        found, expected = _sums(difference.found), _sums(difference.expected)
        yield f"supporter {viewer or None} of creator {creator}: the row says {found}, the tallies {expected}"


@books.check
def closed_months_are_their_lives_and_withdrawals() -> Iterator[str]:
    closing = StatementClosing.objects.first()
    until = closing.until if closing else date.min
    coin = in_force("wallet_coinrate", "micros", "settlement.settled_at")
    given_back = ", ".join(f"'{status}'" for status in Withdrawal.GIVEN_BACK)
    earned = EARNED.format(month=month_of("settlement.settled_at"), coin=coin, until=until)
    moved = MOVED.format(month=month_of("step.at"), given_back=given_back, until=until)
    keys = ["person_id", "month", "kind", "rate_micros", "coin_micros"]
    columns = ["count", "gifts", "diamonds", "cents"]
    for difference in differences(f"{earned} UNION ALL {moved}", LINES, keys=keys, columns=columns):
        person, month, kind, *_ = difference.key
        name = f"statements, {kind} of person {person} in {month}"
        if difference.found is None:
            yield f"{name}: no line, {_sums(difference.expected)} expected"
        elif difference.expected is None:
            yield f"{name}: a line of {_sums(difference.found)} that nothing stands for"
        else:
            yield f"{name}: {difference.in_words()}"


def _gave(row: dict[str, Value] | None) -> str:
    if row is None:
        return "nothing"
    return f"{row['points']} points, {row['gifts']} gifts, from {row['first_gave_at']} to {row['last_gave_at']}"


def _sums(row: dict[str, Value] | None) -> list[str | int] | int:
    return [str(value) if not isinstance(value, int) else value for value in row.values()] if row else 0
