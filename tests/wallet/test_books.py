"""check_books() of the wallet: each check finds the fault that it is there for."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.databases import without_triggers
from tests.factories import make_recharge, make_session, make_user, tap
from wallet import books, ledger
from wallet.models import Recharge, Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.spoils_books]

INSERT = (
    "INSERT INTO wallet_transfer (debit_id, credit_id, amount, reason, reference, created_at) "
    "SELECT %s, %s, %s, 'release', reference, created_at FROM wallet_transfer LIMIT 1"
)


def tamper(sql, *values):
    """Run SQL that the triggers would refuse, without them."""
    with without_triggers(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_books_of_an_honest_site_are_right(capsys):
    vera, session = make_user(coins=1_000), make_session()
    tap(vera, session, gift_slug="encore")

    assert books.check_books() == []
    call_command("check_books", verbosity=2)
    assert capsys.readouterr().out == "The books are right.\n"


def test_balance_that_is_not_its_sum_is_found():
    vera = make_user(coins=1_000)

    tamper("UPDATE wallet_account SET balance = 1001 WHERE name = %s", f"coins:user:{vera.pk}")

    assert list(books.guarded_balances_are_their_sums()) == [
        f"coins:user:{vera.pk} carries 1001, its transfers add up to 1000"
    ]


def test_deleted_transfer_is_found():
    vera = make_user(coins=100)

    tamper("DELETE FROM wallet_transfer WHERE reason = 'recharge'")

    assert list(books.guarded_balances_are_their_sums()) == [
        f"coins:user:{vera.pk} carries 100, its transfers add up to 0"
    ]
    recharge = Recharge.objects.get()
    assert list(books.transfers_are_their_causes()) == [
        f"recharge {recharge.pk}: no transfer of 100 from coins:issuance to coins:user:{vera.pk}"
    ]


def test_tally_below_zero_is_found():
    vera, session = make_user(coins=100), make_session()
    tap(vera, session)

    tamper(INSERT, f"points:session:{session.id}", "coins:redeemed", 6)

    assert list(books.tallies_are_never_below_zero()) == [f"points:session:{session.id} is -1, below zero"]


def test_transfer_between_two_units_is_found():
    make_user(coins=100)

    tamper(INSERT, "coins:issuance", "diamonds:redeemed", 7)

    assert len(list(books.transfers_join_equal_units())) == 1
    assert list(books.what_was_issued_is_elsewhere()) == [
        "107 coins were issued, 100 are held or spent",
        "0 diamonds were issued, 7 are with creators, held or redeemed",
    ]


def test_reversal_that_is_not_the_mirror_is_found():
    make_user(coins=100)
    transfer = Transfer.objects.get(reason="recharge")
    opposite = ledger.reverse(transfer).transfer_id

    tamper("UPDATE wallet_transfer SET amount = 99 WHERE id = %s", opposite)

    assert list(books.reversals_mirror_their_transfer()) == [
        f"transfer {opposite} isn't the mirror of {transfer.pk}, which it reverses"
    ]


def test_recharge_with_other_coins_or_cents_than_were_posted_is_found():
    make_user(coins=100)

    Recharge.objects.update(coins=200, cents=300)

    recharge = Recharge.objects.get()
    assert list(books.transfers_are_their_causes()) == [
        f"payment {recharge.pk}: amount is 100, 300 expected",
        f"recharge {recharge.pk}: amount is 100, 200 expected",
    ]


def test_coins_credited_for_a_recharge_that_was_not_paid_are_found():
    vera = make_user(coins=100)
    recharge = make_recharge(vera)

    tamper(
        "INSERT INTO wallet_transfer (debit_id, credit_id, amount, reason, reference, created_at) "
        "SELECT debit_id, credit_id, amount, reason, "
        "(SELECT id FROM wallet_recharge WHERE status = 'started'), created_at "
        "FROM wallet_transfer WHERE reason = 'recharge'"
    )

    assert list(books.transfers_are_their_causes()) == [
        f"recharge {recharge.pk}: a transfer without a cause, of 100 from coins:issuance to coins:user:{vera.pk}"
    ]


def test_command_prints_each_discrepancy_and_fails(capsys):
    vera = make_user(coins=100)
    tamper("UPDATE wallet_account SET balance = 7 WHERE name = %s", f"coins:user:{vera.pk}")

    with pytest.raises(CommandError) as failed:
        call_command("check_books")

    assert failed.value.returncode == 1
    assert f"coins:user:{vera.pk} carries 7, its transfers add up to 100" in capsys.readouterr().out
