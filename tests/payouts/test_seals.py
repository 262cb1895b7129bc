"""Seals: a change of a column that the books can't prove, such as a receiver, is reported."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from live import worker
from payouts.models import DiamondRate, PayoutAccount
from payouts.withdrawals.withdrawals import forget_expired_quotes, quote
from tests.databases import without_triggers
from tests.factories import make_payout_account
from tests.payouts.earning import make_earner, withdraw
from tests.races.threads import at_once
from wallet.books import check_books
from wallet.models import Seal
from wallet.seals import SEALED, seal_rows

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def tamper(sql, *values):
    with without_triggers(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def account():
    cleo = make_earner(40_000)
    account = make_payout_account(cleo, receiver="cleo@example.com")
    withdraw(cleo, account=account)
    return account


def test_rows_are_sealed_once_and_honest_ones_stay_right(account):
    sealed = seal_rows()

    assert sealed == Seal.objects.count() > 20

    sealed = seal_rows()

    assert sealed == 0
    assert check_books() == []


def test_the_worker_seals_before_it_looks_at_the_books(account):
    jobs = [job.__name__ for job in worker.EVERY_HOUR]

    assert jobs.index("seal_rows") < jobs.index("report_discrepancies")


@pytest.mark.spoils_books
def test_a_receiver_that_was_changed_is_told(account):
    seal_rows(now=NOW)

    PayoutAccount.objects.filter(pk=account.pk).update(receiver="mallory@example.com")

    assert check_books() == [f"payouts_payoutaccount {account.pk} isn't what was sealed on 25 Nov 2026 12:00 UTC"]


@pytest.mark.spoils_books
def test_an_old_rate_that_was_changed_is_told(account):
    seal_rows(now=NOW)
    rate = DiamondRate.objects.earliest()

    tamper("UPDATE payouts_diamondrate SET reason_given = 'Other words' WHERE id = %s", rate.pk)

    assert check_books() == [f"payouts_diamondrate {rate.pk} isn't what was sealed on 25 Nov 2026 12:00 UTC"]


@pytest.mark.spoils_books
def test_a_row_that_is_gone_is_told(account):
    other = make_payout_account(account.owner, receiver="other@example.com")
    seal_rows(now=NOW)

    tamper("DELETE FROM payouts_payoutaccount WHERE id = %s", other.pk)

    assert check_books() == [f"payouts_payoutaccount {other.pk} is gone, it was sealed on 25 Nov 2026 12:00 UTC"]


@pytest.mark.spoils_books
def test_a_seal_that_is_gone_or_changed_breaks_the_chain(account):
    seal_rows(now=NOW)
    first, second, third = Seal.objects.order_by("id")[:3]

    tamper("UPDATE wallet_seal SET digest = %s WHERE id = %s", "0" * 64, first.pk)
    assert len(check_books()) == 2
    tamper("UPDATE wallet_seal SET digest = %s WHERE id = %s", first.digest, first.pk)
    assert check_books() == []

    tamper("DELETE FROM wallet_seal WHERE id = %s", second.pk)
    assert check_books() == [f"{third.table} {third.row} isn't what was sealed on 25 Nov 2026 12:00 UTC"]


def test_seals_are_append_only(account):
    seal_rows()

    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.update(digest="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.all().delete()


def test_what_may_still_change_is_not_sealed(account):
    """Unused quotes are deleted, accounts removed and future rates withdrawn without breaking a seal."""
    unused = quote(creator=account.owner, account=account, cents=100_00)
    coming = DiamondRate.objects.create(
        micros=6_000, starts_at=timezone.now() + timedelta(days=1), reason_given="Not yet"
    )
    seal_rows()

    coming.delete()
    forget_expired_quotes(now=unused.expires_at + timedelta(days=2))
    PayoutAccount.objects.filter(pk=account.pk).update(removed_at=timezone.now())

    assert check_books() == []


def test_a_column_that_comes_later_breaks_no_seal(account, monkeypatch):
    seal_rows()
    kind = SEALED["payouts_payoutaccount"]

    monkeypatch.setitem(SEALED, "payouts_payoutaccount", kind._replace(columns=[*kind.columns, "label"]))

    assert check_books() == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_make_one_chain():
    withdraw(make_earner(40_000))

    sealed = at_once(lambda number: seal_rows(), range(4))

    assert sum(sealed) == Seal.objects.count() > 20
    assert check_books() == []
