"""tap_gift: the coins that a tap moves, and the rows that a refusal leaves unchanged."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from live.gifts import taps
from live.gifts.catalog import catalog, set_price
from live.models import Gift, GiftTap, LiveSession
from live.sessions.sessions import end_session
from people.refusals import TooMany
from tests.factories import make_creator, make_user, tap
from wallet import ledger
from wallet.coins import coin_balance, coins_of
from wallet.models import Account, Reason, Transfer

pytestmark = pytest.mark.django_db


def everything():
    balances = dict(Account.objects.values_list("name", "balance"))
    return balances, Transfer.objects.count(), GiftTap.objects.count()


def test_tap_is_one_transfer_of_coins_into_the_session(vera, live):
    tap_id = uuid4()
    done = tap(vera, live, gift_slug="panda", quantity=12, tap_id=tap_id)
    moved = Transfer.objects.get(reason=Reason.GIFT, reference=tap_id)
    assert done == taps.Tap(GiftTap.objects.get().id, 40, False)
    assert (moved.debit_id, moved.credit_id, moved.amount) == (coins_of(vera).name, f"points:session:{live.pk}", 60)
    assert ledger.balance(taps.points_of(live.pk)) == 60
    assert coin_balance(live.creator.user) == 0


def test_tap_of_the_last_coin_leaves_zero(vera, live):
    tapped = tap(vera, live, gift_slug="encore")

    assert tapped.balance == 0
    assert coin_balance(vera) == 0


def test_viewer_who_never_recharged_has_too_few_coins(live):
    with pytest.raises(taps.NotEnoughCoins) as refused:
        tap(make_user("Mallory"), live, gift_slug="spark")
    assert (refused.value.needed, refused.value.balance, refused.value.missing) == (1, 0, 1)


def refuse_price(vera, live):
    return {"price": 4}


def refuse_gift(vera, live):
    return {"gift_slug": "no-such-gift"}


def refuse_coins(vera, live):
    return {"gift_slug": "encore", "price": 100, "quantity": 2}


def refuse_ended(vera, live):
    end_session(live, by="cleo")
    return {}


def refuse_flood(vera, live):
    flood = {"gift_slug": "spark", "price": 1, "quantity": 1, "now": timezone.now()}
    for _ in range(20):
        taps.tap_gift(viewer=vera, session_id=live.pk, tap_id=uuid4(), **flood)
    return flood


def refuse_own(vera, live):
    LiveSession.objects.filter(pk=live.pk).update(creator=make_creator("Vera", user=vera, followers=0))
    return {}


def refuse_closed(vera, live):
    LiveSession.objects.filter(pk=live.pk).update(gifts_open=False, tray_wanted=False)
    return {}


@pytest.mark.parametrize(
    "prepare, refusal, words",
    [
        (refuse_price, taps.PriceChanged, "Panda costs 5 coins now, not 4. Nothing was debited."),
        (refuse_gift, taps.GiftNotOffered, "This gift isn't offered any more. Nothing was debited."),
        (refuse_coins, taps.NotEnoughCoins, "Encore ×2 costs 200 coins. You have 100, so 100 more are needed."),
        (refuse_ended, taps.LiveHasEnded, "The live has ended. Nothing was debited."),
        (refuse_flood, TooMany, "At most 20 taps a second are counted. This one was not debited; tap again."),
        (refuse_own, taps.TapRefused, "This is your own live. Nobody can send gifts to themselves."),
        (refuse_closed, taps.TapRefused, "Cleo can't receive gifts in this live. Nothing was debited."),
    ],
)
def test_refusal_says_the_rule_and_changes_nothing(vera, live, prepare, refusal, words):
    asked = {"gift_slug": "panda", "price": 5, "quantity": 1, **prepare(vera, live)}
    before = everything()
    with pytest.raises(refusal) as refused:
        taps.tap_gift(viewer=vera, session_id=live.pk, tap_id=uuid4(), **asked)
    assert str(refused.value) == words
    assert everything() == before


def test_unknown_session_is_not_there(vera):
    with pytest.raises(LiveSession.DoesNotExist):
        taps.tap_gift(viewer=vera, session_id=uuid4(), gift_slug="panda", price=5, quantity=1, tap_id=uuid4())


def test_refused_tap_id_may_be_used_again_once_the_rule_allows_it(vera, live):
    tap_id = uuid4()
    with pytest.raises(taps.PriceChanged):
        tap(vera, live, price=4, tap_id=tap_id)
    tapped = tap(vera, live, price=5, tap_id=tap_id)

    assert tapped.balance == 95


def test_repeat_returns_the_first_result_for_ever(vera, live):
    tap_id = uuid4()
    first = tap(vera, live, tap_id=tap_id)
    set_price(Gift.objects.get(slug="panda"), 7, by=None, reason="Dearer bamboo")
    end_session(live, by="cleo")
    again = tap(vera, live, tap_id=tap_id, price=5)
    assert (again.id, again.balance, again.is_repeat) == (first.id, 95, True)
    assert GiftTap.objects.count() == 1


def test_price_counts_from_its_moment_on(vera, live):
    panda = Gift.objects.get(slug="panda")
    soon = timezone.now() + timedelta(hours=1)
    set_price(panda, 7, by=None, reason="Dearer bamboo", starts_at=soon)
    tapped = tap(vera, live, gift_slug="panda", price=5)

    assert tapped.balance == 95
    assert catalog().get(slug="panda").coins == 5
    assert catalog(soon).get(slug="panda").coins == 7


def test_database_itself_refuses_a_tap_in_an_ended_live(vera, live):
    """A trigger refuses the row even without the check in Python."""
    end_session(live, by="cleo")
    panda = Gift.objects.get(slug="panda")
    row = {"name": "Panda", "art": "panda", "price": 5, "quantity": 1, "coins": 5}
    with pytest.raises(DatabaseError, match="tap_only_while_live"), transaction.atomic():
        GiftTap.objects.create(tap_id=uuid4(), session=live, viewer=vera, gift=panda, **row)
    assert GiftTap.objects.count() == 0


@pytest.mark.parametrize(
    "row", [{"quantity": 0}, {"quantity": 100, "coins": 500}, {"coins": 4}, {"price": 0, "coins": 0}]
)
def test_database_itself_refuses_impossible_taps(vera, live, row):
    panda = Gift.objects.get(slug="panda")
    row = {"name": "Panda", "art": "panda", "price": 5, "quantity": 1, "coins": 5, **row}
    with pytest.raises(DatabaseError), transaction.atomic():
        GiftTap.objects.create(tap_id=uuid4(), session=live, viewer=vera, gift=panda, **row)


def test_taps_are_never_changed_or_deleted(vera, live):
    tap(vera, live)
    for change in (lambda: GiftTap.objects.update(coins=1), lambda: GiftTap.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert GiftTap.objects.get().coins == 5
