"""Taps at once, on PostgreSQL with real threads, many rounds: the books of a popular live."""

import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from live.feed.feed import taps_after
from live.gifts.catalog import set_price
from live.gifts.limits import set_limits
from live.gifts.taps import LiveHasEnded, NotEnoughCoins, OwnLimitReached, PriceChanged, points_of, tap_gift
from live.models import Comment, Gift, GiftTap, Settlement
from live.sessions.sessions import end_session
from payouts.diamonds import diamond_balance
from people.refusals import TooMany
from tests.factories import make_session, make_user, tap
from tests.races.threads import at_once, raised, rounds, succeeded
from wallet import ledger
from wallet.coins import coin_balance
from wallet.models import Reason, Transfer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def no_limit_of_taps(settings):
    """The limit of taps a second has tests of its own; here one person taps a thousand times."""
    settings.TAPS_PER_SECOND = 100_000


@rounds
def test_coins_for_100_gifts_buy_exactly_100_of_1000_taps(round_):
    vera, session = make_user(coins=500), make_session()

    results = at_once(lambda _: tap(vera, session, gift_slug="panda", price=5), range(1000))

    assert len(succeeded(results)) == 100
    assert len(raised(results, NotEnoughCoins)) == 900
    assert coin_balance(vera) == 0
    assert ledger.balance(points_of(session.id)) == 500
    assert GiftTap.objects.count() == 100


@rounds
def test_one_tap_id_32_times_is_one_debit_and_32_equal_answers(round_):
    vera, session, tap_id = make_user(coins=1000), make_session(), uuid4()

    results = at_once(lambda _: tap(vera, session, gift_slug="encore", price=100, tap_id=tap_id), range(32))

    assert {(result.id, result.balance) for result in results} == {(GiftTap.objects.get().id, 900)}
    assert [result.is_repeat for result in results].count(False) == 1
    assert coin_balance(vera) == 900


@rounds
def test_one_tap_id_32_times_with_other_messages_is_one_debit_and_one_of_them(round_):
    vera, session, tap_id = make_user(coins=1000), make_session(), uuid4()

    results = at_once(
        lambda number: tap(vera, session, gift_slug="encore", tap_id=tap_id, message=f"No. {number}"), range(32)
    )

    message = Comment.objects.get()
    assert message.tap == GiftTap.objects.get()
    assert message.text in {f"No. {number}" for number in range(32)}
    assert {(result.id, result.balance) for result in results} == {(message.tap_id, 900)}
    assert taps_after(session, 0)[0].said == message.text


@rounds
def test_every_reader_meets_a_tap_with_its_message(round_, settings):
    settings.COMMENTS_PER_MINUTE = settings.COMMENTS_IN_A_ROW = 1_000
    vera, session, seen = make_user(coins=10_000), make_session(), []

    def tap_or_read(job):
        if job % 2:
            return tap(vera, session, gift_slug="encore", message=f"No. {job}")
        seen.extend(one.said for one in taps_after(session, 0))

    at_once(tap_or_read, range(80))

    assert None not in seen
    assert Comment.objects.count() == GiftTap.objects.count() == 40


@rounds
def test_32_fingers_in_one_second_pass_exactly_the_limit_of_20(round_, settings):
    settings.TAPS_PER_SECOND = 20
    vera, session, now = make_user(coins=10_000), make_session(), timezone.now()

    results = at_once(lambda _: tap(vera, session, price=5, now=now), range(64))

    assert len(succeeded(results)) == GiftTap.objects.count() == 20
    assert len(raised(results, TooMany)) == 44
    assert coin_balance(vera) == 10_000 - 100

    tapped = tap(vera, session, price=5, now=now + timedelta(seconds=1))

    assert tapped.balance == 10_000 - 105


@rounds
def test_own_limit_holds_to_the_coin_under_16_fingers(round_):
    vera, imani, session = make_user(coins=10_000), make_user("Imani", coins=10_000), make_session()
    set_limits(vera, daily=103, weekly=None)
    set_limits(imani, daily=None, weekly=1_000)
    repeated = uuid4()

    def tap_as(job):
        viewer, gift, price, tap_id = job
        return tap(viewer, session, gift_slug=gift, price=price, tap_id=tap_id)

    # 103 coins are 20 Pandas of 5 and three Sparks of 1; a Panda more would be 105. Eight presses are one tap.
    pandas = [(vera, "panda", 5, repeated if number < 8 else uuid4()) for number in range(200)]
    encores = [(imani, "encore", 100, uuid4()) for _ in range(100)]
    results = at_once(tap_as, [*pandas, *encores], threads=16)

    assert (coin_balance(vera), coin_balance(imani)) == (10_000 - 100, 10_000 - 1_000)
    assert len(raised(results, OwnLimitReached)) + len(succeeded(results)) == 300
    sparks = at_once(tap_as, [(vera, "spark", 1, uuid4()) for _ in range(16)], threads=16)
    assert (len(succeeded(sparks)), coin_balance(vera)) == (3, 10_000 - 103)


@rounds
def test_limits_set_by_16_presses_at_once_are_set_once(round_):
    vera = make_user(coins=100)

    for daily in (500, 900):
        at_once(lambda _, daily=daily: set_limits(vera, daily=daily, weekly=None), range(16), threads=16)

    assert list(vera.spending_limits.order_by("id").values_list("daily_coins", flat=True)) == [500, 900]


@rounds
def test_session_that_ends_under_32_fingers_settles_every_accepted_tap_and_refuses_every_other(round_):
    viewers = [make_user(f"Viewer{number}", coins=1000) for number in range(32)]
    session = make_session()
    cleo, seen = session.creator.user, threading.Semaphore(0)

    def tap_until_refused(viewer):
        accepted = 0
        while True:
            try:
                tap(viewer, session, gift_slug="panda", price=5)
            except LiveHasEnded:
                return accepted
            accepted += 1
            seen.release()

    def end_after_40_taps():
        for _ in range(40):
            seen.acquire()
        _end(session)

    ending = threading.Thread(target=end_after_40_taps)
    ending.start()
    accepted = at_once(tap_until_refused, viewers)
    ending.join()

    points = 5 * sum(accepted)
    assert points >= 5 * 40
    assert Settlement.objects.get().points == points
    assert diamond_balance(cleo) == points
    assert ledger.balance(points_of(session.id)) == 0
    assert [coin_balance(viewer) for viewer in viewers] == [1000 - 5 * taps for taps in accepted]


@rounds
def test_16_ends_at_once_settle_once(round_):
    vera, session = make_user(coins=1000), make_session()
    tap(vera, session, gift_slug="encore", quantity=10)

    results = at_once(lambda number: end_session(session, by=f"end {number}"), range(16))

    assert {result.pk for result in results} == {session.pk}
    assert {result.ended_by for result in results} == {Settlement.objects.get().ended_by}
    assert diamond_balance(session.creator.user) == 1000
    assert Transfer.objects.filter(reason=Reason.SETTLE_DIAMONDS).count() == 1


def test_price_changed_100_times_during_2000_taps_debits_only_prices_that_were_shown():
    viewers = [make_user(f"Viewer{number}", coins=20_000) for number in range(16)]
    otto, session, panda = make_user("Otto"), make_session(), Gift.objects.get(slug="panda")
    prices = [5 + number % 7 for number in range(1, 101)]

    def change_prices(_):
        for coins in prices:
            set_price(panda, coins, by=otto, reason="Race")
            time.sleep(0.01)

    def tap_125_times(viewer):
        shown_and_charged, balance = [], 20_000
        while len(shown_and_charged) < 125:
            shown = panda.prices.at().coins
            try:
                left = tap(viewer, session, gift_slug="panda", price=shown).balance
            except PriceChanged:
                continue
            shown_and_charged.append((shown, balance - left))
            balance = left
        return shown_and_charged

    results = at_once(lambda job: job[0](job[1]), [(change_prices, None), *((tap_125_times, v) for v in viewers)])

    assert not raised(results, Exception)
    charged = [pair for result in results[1:] for pair in result]
    assert len(charged) == GiftTap.objects.count() == 2000
    assert all(shown == debited for shown, debited in charged)
    assert len({debited for _, debited in charged}) > 1
    assert panda.prices.count() == 101


def _end(session):
    try:
        end_session(session, by="creator")
    finally:
        connection.close()


def test_tap_is_refused_by_the_database_even_if_the_code_would_let_it_through():
    """The trigger alone keeps a tap out of an ended session, for any query that writes it."""
    vera, session = make_user(coins=100), make_session()
    end_session(session, by="creator")

    with pytest.raises(LiveHasEnded):
        tap_gift(viewer=vera, session_id=session.id, gift_slug="panda", price=5, quantity=1, tap_id=uuid4())
    assert coin_balance(vera) == 100
