"""The ledger's constraints in the database, against raw SQL."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import make_user
from tests.wallet.holding import earn, holdings
from wallet.models import LARGEST_BALANCE, Transfer

# These diamonds have no live and these holds no withdrawal: the ledger accepts them, check_books() doesn't.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.spoils_books,
    pytest.mark.usefixtures("balances_are_their_sums"),
]

INSERT = (
    "INSERT INTO wallet_transfer (debit_id, credit_id, amount, reason, reference, created_at) "
    "SELECT '{debit}', '{credit}', {amount}, '{reason}', reference, created_at FROM wallet_transfer LIMIT 1"
)


def refused(sql):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return True


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE wallet_transfer SET amount = amount + 1",
        "UPDATE wallet_transfer SET created_at = NULL",
        "DELETE FROM wallet_transfer",
        INSERT.format(debit="coins:issuance", credit="diamonds:issuance", amount=1, reason="gift"),
        INSERT.format(debit="coins:issuance", credit="coins:issuance", amount=1, reason="gift"),
        INSERT.format(debit="coins:issuance", credit="coins:redeemed", amount=0, reason="gift"),
        INSERT.format(debit="coins:issuance", credit="coins:redeemed", amount=-1, reason="gift"),
        INSERT.format(debit="coins:issuance", credit="coins:redeemed", amount=LARGEST_BALANCE + 1, reason="gift"),
        INSERT.format(debit="coins:issuance", credit="coins:redeemed", amount=1, reason="favour"),
        INSERT.format(debit="diamonds:issuance", credit="diamonds:redeemed", amount=1, reason="settle-diamonds"),
        "UPDATE wallet_account SET balance = -1 WHERE kind = 'guarded'",
        f"UPDATE wallet_account SET balance = {LARGEST_BALANCE + 1} WHERE kind = 'guarded'",
        "UPDATE wallet_account SET balance = NULL WHERE kind = 'guarded'",
        "UPDATE wallet_account SET balance = 5 WHERE kind = 'house'",
        "UPDATE wallet_account SET unit = 'point'",
        "UPDATE wallet_account SET kind = 'secret'",
    ],
)
def test_database_refuses_what_the_code_never_writes(sql):
    cleo = make_user("Cleo")
    earn(cleo, 1_000)
    before = list(Transfer.objects.values())

    assert refused(sql)

    assert list(Transfer.objects.values()) == before
    assert holdings(cleo) == (1_000, 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_database_refuses_to_empty_the_table():
    earn(make_user("Cleo"), 1_000)

    assert refused("TRUNCATE wallet_transfer CASCADE")

    assert Transfer.objects.count() == 1
