"""Sessions: the follower gate, one live at a time, one settlement, and lives that the worker ends."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from live.feed.tallies import tally_sessions, totals_of
from live.gifts.taps import LiveHasEnded, TapRefused, points_of
from live.models import LiveSession, LiveTerms
from live.sessions.sessions import (
    end_abandoned_sessions,
    end_session,
    followers_missing,
    note_creator_seen,
    start_session,
)
from payouts.diamonds import diamond_balance
from payouts.models import DiamondRate
from people.access import set_access
from tests.factories import add_followers, make_creator, make_session, make_user, tap
from tests.races.threads import at_once, rounds
from wallet import ledger
from wallet.coins import coin_balance
from wallet.models import Reason, Transfer

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


# --- The gate -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("followers", "open_", "missing"), [(999, False, 1), (1_000, True, 0), (1_001, True, 0)])
def test_gifts_open_from_1000_followers_on(followers, open_, missing):
    cleo = make_creator(followers=followers)

    assert followers_missing(cleo) == missing

    session = make_session(cleo)

    assert session.gifts_open is open_


def test_gate_counts_at_the_start_and_holds_while_followers_leave():
    vera, session = make_user(coins=100), make_session()
    session.creator.followers.first().delete()

    tap(vera, session)

    assert session.creator.followers.count() == 999
    assert totals_of([session])[session.pk] == (5, 1)


def test_gate_stays_shut_in_a_live_that_passes_1000_followers_on_its_way():
    vera, session = make_user(coins=100), make_session(make_creator(followers=999))
    add_followers(session.creator, 1)

    with pytest.raises(TapRefused, match="can't receive gifts"):
        tap(vera, session)

    assert coin_balance(vera) == 100


def test_gate_follows_the_terms_an_operator_set():
    LiveTerms.objects.create(
        followers_needed=10, largest_gift_coins=10_000, abandoned_after_minutes=15, reason_given="Ten are enough."
    )

    session = make_session(make_creator(followers=10))

    assert session.gifts_open


# --- Starting and ending ------------------------------------------------------------------------


def test_starting_twice_is_one_live():
    cleo = make_creator()
    first = start_session(creator=cleo, title="Friday strings")

    again = start_session(creator=cleo, title="Another title")

    assert (again.pk, again.title) == (first.pk, "Friday strings")
    assert LiveSession.objects.count() == 1


def test_next_live_starts_after_the_end_of_the_last():
    cleo = make_creator()
    first = make_session(cleo)
    end_session(first, by="creator")

    session = make_session(cleo)

    assert session.pk != first.pk


def test_settlement_has_exactly_what_was_tapped():
    vera, imani, session = make_user(coins=10_000), make_user("Imani", coins=1_000), make_session()
    tap(vera, session, gift_slug="drama-queen")
    tap(vera, session, gift_slug="panda", quantity=12)
    tap(imani, session, gift_slug="encore", quantity=3)

    settlement = end_session(session, by="creator")

    assert (settlement.points, settlement.diamonds) == (5_360, 5_360)
    assert (settlement.gifts, settlement.gifters, settlement.rate_micros) == (16, 2, 5_000)
    assert settlement.points == sum(session.taps.values_list("coins", flat=True))
    assert diamond_balance(session.creator.user) == 5_360
    assert ledger.balance(points_of(session.id)) == 0


def test_settlement_keeps_the_rate_of_its_moment():
    vera, session = make_user(coins=100), make_session()
    tap(vera, session)
    settlement = end_session(session, by="creator")
    DiamondRate.objects.create(micros=4_000, reason_given="Lower from now on.")

    settlement.refresh_from_db()

    assert settlement.rate_micros == 5_000


def test_ending_twice_settles_once():
    vera, session = make_user(coins=100), make_session()
    tap(vera, session)
    first = end_session(session, by="creator")

    again = end_session(session, by="worker")

    assert (again.pk, again.ended_by) == (first.pk, "creator")
    assert diamond_balance(session.creator.user) == 5
    assert Transfer.objects.filter(reason=Reason.SETTLE_POINTS).count() == 1


def test_live_without_gifts_settles_nothing_and_moves_nothing():
    session = make_session()

    settlement = end_session(session, by="creator")

    assert (settlement.points, settlement.diamonds, settlement.gifts, settlement.gifters) == (0, 0, 0, 0)
    assert not Transfer.objects.exists()


def test_tap_after_the_end_is_refused_and_not_debited():
    vera, session = make_user(coins=100), make_session()
    end_session(session, by="creator")

    with pytest.raises(LiveHasEnded):
        tap(vera, session)

    assert coin_balance(vera) == 100


# --- A live that nobody ends --------------------------------------------------------------------


def test_live_without_its_creator_for_15_minutes_is_ended_and_settled():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        vera, session = make_user(coins=100), make_session()
        tap(vera, session)
        clock.shift(15 * MINUTE)
        too_early = end_abandoned_sessions()
        clock.shift(timedelta(seconds=1))
        ended, ended_again = end_abandoned_sessions(), end_abandoned_sessions()

    assert (too_early, ended, ended_again) == ([], [session], [])

    session.refresh_from_db()
    assert (session.is_live, session.settlement.ended_by, session.settlement.points) == (False, "worker", 5)
    notice = session.creator.user.notices.get()
    assert "“Friday strings” was ended for you: you were away for 15 minutes." in notice.text
    assert notice.url == f"/live/{session.id}/summary/"


def test_live_of_somebody_who_may_not_come_in_any_more_is_ended_and_settled_at_once():
    vera, session, other = make_user(coins=100), make_session(make_creator("Cleo")), make_session(make_creator("Ida"))
    tap(vera, session)
    set_access(session.creator.user, is_active=False, by=make_user("Otto", is_superuser=True))

    ended = end_abandoned_sessions()

    assert ended == [session]

    session.refresh_from_db()
    assert (session.is_live, session.settlement.ended_by, session.settlement.points) == (False, "worker", 5)
    assert diamond_balance(session.creator.user) == 5
    notice = session.creator.user.notices.get()
    assert notice.text.endswith("was ended for you: your account was closed. Its points are diamonds now.")
    other.refresh_from_db()
    assert other.is_live


def test_creator_who_is_seen_keeps_the_live_going():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = make_session()
        clock.shift(14 * MINUTE)
        note_creator_seen(session)
        clock.shift(14 * MINUTE)

        ended = end_abandoned_sessions()

        assert ended == []

    session.refresh_from_db()
    assert session.is_live


def test_only_the_abandoned_live_is_ended():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        away, here = make_session(make_creator("Cleo")), make_session(make_creator("Ida"))
        clock.shift(16 * MINUTE)
        note_creator_seen(here)

        ended = end_abandoned_sessions()

    assert ended == [away]


def test_creator_who_ended_the_live_is_not_told_that_it_was_ended():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        session = make_session()
        end_session(session, by="creator")
        clock.shift(16 * MINUTE)

        ended = end_abandoned_sessions()

        assert ended == []
        assert not session.creator.user.notices.exists()


# --- Totals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_totals_of_many_sessions_are_one_query(count, django_assert_num_queries):
    vera = make_user(coins=1_000)
    sessions = [make_session(make_creator(f"Creator{number}")) for number in range(count)]
    for number, session in enumerate(sessions):
        tap(vera, session, quantity=number + 1)

    with django_assert_num_queries(1):
        totals = totals_of(sessions)

    assert [totals[session.pk] for session in sessions] == [(5, 1), (10, 2), (15, 3)][:count]


@pytest.mark.django_db(transaction=True)
def test_totals_add_the_taps_behind_the_tally(settings):
    settings.TAPS_PER_SECOND = 10_000
    vera, session, other = make_user(coins=1_000), make_session(), make_session(make_creator("Ida"))
    for _ in range(200):
        tap(vera, session, gift_slug="spark", price=1)
    tallied = tally_sessions()

    assert tallied == 1

    tap(vera, session, gift_slug="panda")

    assert totals_of([session, other]) == {session.pk: (205, 201), other.pk: (0, 0)}


def test_totals_of_no_session_are_empty():
    assert totals_of([]) == {}


# --- At once ------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@rounds
def test_16_starts_at_once_are_one_live(round_):
    cleo = make_creator(followers=0)

    results = at_once(lambda number: start_session(creator=cleo, title=f"Take {number}"), range(16))

    assert {result.pk for result in results} == {LiveSession.objects.get().pk}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@rounds
def test_8_workers_at_once_end_an_abandoned_live_once_and_say_so_once(round_):
    session = make_session()
    later = timezone.now() + 16 * MINUTE

    results = at_once(lambda _: end_abandoned_sessions(later), range(8))

    assert sorted(len(result) for result in results) == [0] * 7 + [1]
    assert session.creator.user.notices.count() == 1
