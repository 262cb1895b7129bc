"""The books tell every row of money whose parties, rate, receiver, moment or cause doesn't follow from the others."""

import pytest
from django.db import connection

from live.models import GiftTap, Settlement
from payouts.models import DiamondRate, Withdrawal
from tests.databases import without_triggers
from tests.factories import make_user
from tests.tampering import make_world, undone
from wallet.books import check_books
from wallet.models import Recharge

pytestmark = [pytest.mark.django_db, pytest.mark.spoils_books]


def tampered(sql, *values):
    """Return what the books say of a world in which this was done past the triggers."""
    with undone(), without_triggers(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount > 0
        return check_books()


def test_what_an_honest_world_came_to_is_right():
    make_world()

    assert check_books() == []


def test_money_that_went_to_somebody_else_is_told():
    """The examples of the report, each in its own words."""
    make_world()
    mallory = make_user("Mallory", coins=100)
    coins, diamonds = f"coins:user:{mallory.pk}", f"diamonds:user:{mallory.pk}"
    recharge = Recharge.objects.filter(status="confirmed").exclude(user=mallory).first()
    owner = f"coins:user:{recharge.user_id}"
    settlement = Settlement.objects.filter(points__gt=0).latest("settled_at")
    creator = settlement.session.creator_id
    tap = GiftTap.objects.first()

    assert (
        f"recharge {recharge.pk}: credit is {coins}, {owner} expected"
        in tampered("UPDATE wallet_transfer SET credit_id = %s WHERE reason = 'recharge' AND reference = %s",
                    coins, _key(recharge.pk))
    )  # fmt: skip
    assert (
        f"settle-diamonds {settlement.pk}: credit is {diamonds}, diamonds:user:{creator} expected"
        in tampered("UPDATE wallet_transfer SET credit_id = %s WHERE reason = 'settle-diamonds' AND reference = %s",
                    diamonds, _key(settlement.pk))
    )  # fmt: skip
    assert (
        f"gift {tap.tap_id}: debit is {coins}, coins:user:{tap.viewer_id} expected"
        in tampered("UPDATE wallet_transfer SET debit_id = %s WHERE reason = 'gift' AND reference = %s",
                    coins, _key(tap.tap_id))
    )  # fmt: skip
    assert (
        f"gift {tap.tap_id}: debit is coins:user:{tap.viewer_id}, {coins} expected"
        in tampered("UPDATE live_gifttap SET viewer_id = %s WHERE id = %s", mallory.pk, tap.pk)
    )  # fmt: skip


def test_rates_that_are_not_those_of_their_moment_are_told():
    make_world()
    settlement = Settlement.objects.latest("settled_at")
    withdrawal = Withdrawal.objects.filter(status="paid").earliest("requested_at")
    rate = DiamondRate.objects.earliest()

    assert any(
        said.startswith(f"session {settlement.pk} was settled at {settlement.rate_micros + 1} micros a diamond")
        for said in tampered("UPDATE live_settlement SET rate_micros = rate_micros + 1 WHERE session_id = %s",
                             _key(settlement.pk))
    )  # fmt: skip
    assert (
        f"withdrawal {withdrawal.pk}: rate_micros is 5501, 5500 expected"
        in tampered("UPDATE payouts_withdrawal SET rate_micros = 5501 WHERE id = %s", _key(withdrawal.pk))
    )  # fmt: skip
    assert tampered("UPDATE payouts_diamondrate SET micros = micros + 1 WHERE id = %s", rate.pk) != []


def test_a_recharge_that_nobody_paid_is_told():
    make_world()
    vera = make_user("Vera", coins=1_000)
    recharge = Recharge.objects.get(user=vera)

    said = tampered("DELETE FROM wallet_paymentevent WHERE about = %s", _key(recharge.pk))

    assert said == [f"recharge {recharge.pk}: paid without a payment event"]


def test_steps_that_are_missing_are_told():
    make_world()
    withdrawal = Withdrawal.objects.filter(status="paid").first()

    said = tampered(
        "DELETE FROM payouts_withdrawalstep WHERE status = 'paid' AND withdrawal_id = %s", _key(withdrawal.pk)
    )

    assert f"withdrawal {withdrawal.pk} is paid, its last step is sent" in said
    assert f"pay-out-cents {withdrawal.pk}: a transfer without a cause, of 6000" in " ".join(said)


def _key(uuid):
    return Recharge._meta.pk.get_db_prep_value(uuid, connection)
