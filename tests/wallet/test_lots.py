"""Lots: for each recharge what is unspent, and for each coin that is spent where it went and what was paid for it."""

from uuid import uuid4

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.factories import make_creator, make_recharge, make_session, make_user, package_of, tap
from tests.payouts.earning import nobody_needs_followers
from wallet import ledger, replay
from wallet.accounts import COINS_ISSUANCE
from wallet.coins import coin_balance, coins_of
from wallet.gateways.sandbox import gateway
from wallet.lots import follow_coins, follow_lot, lots_of, share_of
from wallet.models import Reason, Recharge, Transfer
from wallet.recharges import receive_message
from wallet.replay import Slice

pytestmark = pytest.mark.django_db


def buy(user, coins, cents=None):
    """Recharge a package of so many coins, at a price of its own if it is given."""
    package = package_of(coins)
    if cents:
        package.prices.create(cents=cents, reason_given="For tests.")
    recharge = make_recharge(user, package=package)
    receive_message("sandbox", *gateway.decide(recharge, "paid"))
    return Recharge.objects.select_related("user").get(pk=recharge.pk)


def cleo_live(title="Strings by request"):
    nobody_needs_followers()
    return make_session(make_creator(followers=0), title=title)


def transfer_of(tap_id):
    return Transfer.objects.get(reference=tap_id, reverses=None)


def test_user_without_coins_has_no_lots(django_assert_num_queries):
    vera = make_user()

    with django_assert_num_queries(4):
        assert lots_of(vera) == []


def test_lot_is_a_recharge_with_its_price_and_what_is_left(django_assert_num_queries):
    vera, session = make_user(), cleo_live()
    recharge = buy(vera, 500)
    tap(vera, session, quantity=12)

    with django_assert_num_queries(4):
        (lot,) = lots_of(vera)

    assert (lot.recharge, lot.coins, lot.cents, lot.name) == (recharge, 500, 500, "Recharge")
    assert (lot.spent, lot.given_back, lot.unspent) == (60, 0, 440)
    assert (lot.spent_micros, lot.given_back_micros, lot.unspent_micros) == (600_000, 0, 4_400_000)


def test_oldest_lot_is_spent_first_and_a_tap_may_take_of_two(django_assert_num_queries):
    vera, session, tap_id = make_user(), cleo_live(), uuid4()
    first, second = buy(vera, 100), buy(vera, 500)
    tap(vera, session, quantity=10)
    tap(vera, session, quantity=20, tap_id=tap_id)
    transfer = transfer_of(tap_id)

    with django_assert_num_queries(4):
        parts = follow_coins({transfer.pk: vera})[transfer.pk]

    assert [(lot.recharge, part.first, part.units, part.offset) for lot, part in parts] == [
        (first, 50, 50, 0),
        (second, 0, 50, 50),
    ]
    assert [(lot.spent, lot.unspent) for lot in lots_of(vera)] == [(100, 0), (50, 450)]


def test_part_of_a_lot_leads_to_its_tap_and_live(django_assert_num_queries):
    vera, session, tap_id = make_user(), cleo_live(), uuid4()
    recharge = buy(vera, 500)
    tap(vera, session, quantity=12, tap_id=tap_id)

    with django_assert_num_queries(4):
        lot, (part,) = follow_lot(recharge)

    assert (part.transfer_id, part.account) == (transfer_of(tap_id).pk, f"points:session:{session.pk}")
    assert (part.units, lot.micros_of(part)) == (60, 600_000)


def test_price_of_a_part_is_that_of_its_own_lot():
    vera, session = make_user(), cleo_live()
    cheap, dear = buy(vera, 100, cents=80), buy(vera, 1_000, cents=1_000)
    tap(vera, session, gift_slug="clover", quantity=8)

    (first,), (second,) = (
        [lot.micros_of(part) for part in parts] for lot, parts in (follow_lot(cheap), follow_lot(dear))
    )

    assert (first, second) == (800_000, 1_000_000)


def test_recharge_that_is_not_paid_is_no_lot():
    vera = make_user()
    recharge = make_recharge(vera)

    assert (lots_of(vera), follow_lot(recharge)) == ([], None)


def test_lots_of_one_person_are_nothing_to_another():
    vera, mallory = make_user(coins=100), make_user("Mallory", coins=200)
    recharge = Recharge.objects.get(user=vera)

    assert [lot.coins for lot in lots_of(mallory)] == [200]
    assert follow_lot(recharge)[0].coins == 100


def test_gift_between_the_queries_of_a_replay_is_left_to_the_next_one(monkeypatch):
    """Its coins came in after the credits were read, so its parts would be less than the gift."""
    vera, session, debits = make_user(coins=5), cleo_live(), replay._debits

    def buy_and_give_first(transfers):
        monkeypatch.setattr(replay, "_debits", debits)
        buy(vera, 100)
        tap(vera, session, quantity=4)
        return debits(transfers)

    monkeypatch.setattr(replay, "_debits", buy_and_give_first)

    before, after = lots_of(vera), lots_of(vera)

    assert [(lot.coins, lot.spent) for lot in before] == [(5, 0)]
    assert [(lot.coins, lot.spent) for lot in after] == [(5, 5), (100, 15)]


@pytest.mark.spoils_books
def test_coins_that_were_not_bought_are_a_lot_of_their_own_kind():
    vera = make_user(coins=100)
    ledger.post(debit=COINS_ISSUANCE, credit=coins_of(vera), amount=30, reason=Reason.GIFT, reference=uuid4())

    bought, given = lots_of(vera)

    assert (given.recharge, given.name, given.coins, given.cents, given.unspent_micros) == (None, "Gift", 30, 0, 0)
    assert (bought.coins, bought.unspent_micros) == (100, 1_000_000)


@pytest.mark.spoils_books
def test_recharge_that_is_taken_back_is_given_back():
    vera = make_user(coins=100)
    recharge = Recharge.objects.get()
    ledger.reverse(Transfer.objects.get(reason=Reason.RECHARGE))

    lot, _ = follow_lot(recharge)

    assert (lot.spent, lot.given_back, lot.unspent) == (0, 100, 0)
    assert (lot.spent_micros, lot.given_back_micros, lot.unspent_micros) == (0, 1_000_000, 0)
    assert coin_balance(vera) == 0


@pytest.mark.spoils_books
def test_gift_that_is_taken_back_puts_its_coins_back_into_their_lot():
    vera, session, tap_id = make_user(coins=100), cleo_live(), uuid4()
    tap(vera, session, tap_id=tap_id)
    tap(vera, session)
    ledger.reverse(transfer_of(tap_id))

    lot, parts = follow_lot(Recharge.objects.get())

    assert (lot.spent, lot.unspent) == (5, 95)
    assert [(part.first, part.is_undone) for part in parts] == [(0, True), (5, False)]


# --- What was paid ------------------------------------------------------------------------------


def test_parts_of_a_price_that_cannot_be_divided_add_up():
    shares = [share_of(10_000, 3, Slice(0, first, 1)) for first in range(3)]

    assert shares == [3_333, 3_333, 3_334]


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.lists(st.integers(1, 10**6), max_size=20))
def test_shares_of_the_parts_of_a_lot_add_up_to_its_price(cents, coins, cuts):
    ends = sorted({cut for cut in cuts if cut < coins} | {coins})
    parts = [Slice(0, first, last - first) for first, last in zip([0, *ends], ends, strict=False)]

    assert sum(share_of(cents * 10_000, coins, part) for part in parts) == cents * 10_000
