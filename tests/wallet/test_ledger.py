"""The ledger: postings, their refusals, records beside them, and reversals."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from payouts.diamonds import diamonds_of, held_of
from people.models import Notice
from tests.factories import make_user
from tests.races.threads import at_once, raised, succeeded
from tests.wallet.holding import earn, hold, holdings
from wallet import accounts, ledger
from wallet.models import LARGEST_BALANCE, Account, Reason, Transfer

# These diamonds have no live and these holds no withdrawal: the ledger accepts them, check_books() doesn't.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.spoils_books,
    pytest.mark.usefixtures("balances_are_their_sums"),
]


def test_posting_moves_the_amount_and_says_what_is_left():
    cleo = make_user("Cleo")
    earn(cleo, 1_000)

    posting = hold(cleo, 400)

    assert (posting.balance, posting.is_repeat) == (600, False)
    assert holdings(cleo) == (600, 400)
    assert ledger.balance(accounts.DIAMONDS_ISSUANCE) == -1_000
    transfer = Transfer.objects.get(pk=posting.transfer_id)
    assert (transfer.debit_id, transfer.credit_id, transfer.amount) == (
        f"diamonds:user:{cleo.pk}",
        f"held:user:{cleo.pk}",
        400,
    )


def test_account_that_was_never_opened_holds_nothing():
    cleo = make_user("Cleo")

    assert holdings(cleo) == (0, 0)
    assert not cleo.accounts.exists()


def test_repeat_returns_the_first_posting_and_moves_nothing():
    cleo, reference = make_user("Cleo"), uuid4()
    earn(cleo, 1_000)

    first = hold(cleo, 400, reference)
    repeat = hold(cleo, 400, reference)

    assert (repeat.transfer_id, repeat.is_repeat) == (first.transfer_id, True)
    assert holdings(cleo) == (600, 400)


def test_repeat_is_recognised_even_when_nothing_is_left():
    cleo, reference = make_user("Cleo"), uuid4()
    earn(cleo, 400)

    hold(cleo, 400, reference)

    held = hold(cleo, 400, reference)

    assert held.is_repeat


def test_same_reference_with_another_amount_or_account_is_refused():
    cleo, nova, reference = make_user("Cleo"), make_user("Nova"), uuid4()
    earn(cleo, 1_000)
    earn(nova, 1_000)
    hold(cleo, 400, reference)

    with pytest.raises(ledger.AlreadyPosted):
        hold(cleo, 300, reference)
    with pytest.raises(ledger.AlreadyPosted):
        hold(nova, 400, reference)

    assert holdings(cleo) == (600, 400)
    assert holdings(nova) == (1_000, 0)


def test_same_reference_for_another_reason_is_another_posting():
    cleo, reference = make_user("Cleo"), uuid4()
    earn(cleo, 1_000)

    hold(cleo, 400, reference)
    ledger.post(debit=held_of(cleo), credit=diamonds_of(cleo), amount=400, reason=Reason.RELEASE, reference=reference)

    assert holdings(cleo) == (1_000, 0)


def test_not_enough_leaves_nothing_behind():
    cleo = make_user("Cleo")
    earn(cleo, 399)
    before = Transfer.objects.count()

    with pytest.raises(ledger.NotEnough):
        hold(cleo, 400)

    assert holdings(cleo) == (399, 0)
    assert Transfer.objects.count() == before
    assert not Account.objects.filter(name=held_of(cleo).name).exists()


@pytest.mark.parametrize("amount", [0, -1, LARGEST_BALANCE + 1, 2**63])
def test_impossible_amounts_are_refused(amount):
    cleo = make_user("Cleo")
    earn(cleo, 1_000)

    with pytest.raises(ValueError):
        hold(cleo, amount)

    assert holdings(cleo) == (1_000, 0)


def test_two_units_cannot_be_joined():
    cleo = make_user("Cleo")
    earn(cleo, 1_000)

    with pytest.raises(ValueError):
        hold(cleo, 400, credit=accounts.COINS_REDEEMED)

    assert holdings(cleo) == (1_000, 0)


def test_a_balance_cannot_pass_its_bound():
    cleo = make_user("Cleo")
    earn(cleo, LARGEST_BALANCE)

    with pytest.raises(IntegrityError), transaction.atomic():
        earn(cleo, 1)

    assert holdings(cleo) == (LARGEST_BALANCE, 0)


# --- A record beside the transfer ---------------------------------------------------------------


def note(user, *, allowed):
    return ledger.Record(
        condition="SELECT %(words)s AS words WHERE %(allowed)s = 1",
        insert="INSERT INTO people_notice (user_id, text, url, created_at) "
        "SELECT %(reader)s, condition.words, '', %(now)s FROM condition",
        values={"words": "Diamonds were reserved.", "allowed": int(allowed), "reader": user.pk},
    )


def test_record_is_written_with_its_transfer():
    cleo = make_user("Cleo")
    earn(cleo, 1_000)

    posting = hold(cleo, 400, record=note(cleo, allowed=True))

    assert Notice.objects.get(pk=posting.record_id).text == "Diamonds were reserved."
    assert holdings(cleo) == (600, 400)


def test_record_whose_condition_fails_keeps_the_transfer_from_happening():
    cleo = make_user("Cleo")
    earn(cleo, 1_000)

    with pytest.raises(ledger.NotPosted) as refused:
        hold(cleo, 400, record=note(cleo, allowed=False))

    assert not isinstance(refused.value, ledger.NotEnough)
    assert holdings(cleo) == (1_000, 0)
    assert not Notice.objects.exists()


def test_record_is_not_written_when_there_is_not_enough():
    cleo = make_user("Cleo")
    earn(cleo, 100)

    with pytest.raises(ledger.NotEnough):
        hold(cleo, 400, record=note(cleo, allowed=True))

    assert not Notice.objects.exists()


def test_repeat_writes_no_second_record():
    cleo, reference = make_user("Cleo"), uuid4()
    earn(cleo, 1_000)

    hold(cleo, 400, reference, record=note(cleo, allowed=True))
    hold(cleo, 400, reference, record=note(cleo, allowed=True))

    assert Notice.objects.count() == 1


# --- Reversing ----------------------------------------------------------------------------------


def test_reversal_is_the_opposite_and_happens_once():
    cleo, reference = make_user("Cleo"), uuid4()
    earn(cleo, 1_000)
    transfer = Transfer.objects.get(pk=hold(cleo, 400, reference).transfer_id)

    first = ledger.reverse(transfer)
    again = ledger.reverse(transfer)

    assert (again.transfer_id, again.is_repeat) == (first.transfer_id, True)
    assert holdings(cleo) == (1_000, 0)
    opposite = Transfer.objects.get(reverses=transfer)
    assert (opposite.debit_id, opposite.credit_id, opposite.reference) == (
        transfer.credit_id,
        transfer.debit_id,
        reference,
    )


def test_what_was_spent_meanwhile_cannot_be_reversed():
    cleo = make_user("Cleo")
    earned = Transfer.objects.get(pk=earn(cleo, 1_000).transfer_id)
    hold(cleo, 400)

    with pytest.raises(ledger.NotEnough):
        ledger.reverse(earned)

    assert holdings(cleo) == (600, 400)
    assert not Transfer.objects.filter(reverses=earned).exists()


# --- At once ------------------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_posting_32_times_at_once_moves_once():
    cleo, reference = make_user("Cleo"), uuid4()
    earn(cleo, 1_000)

    results = at_once(lambda _: hold(cleo, 400, reference), range(32))

    assert len({posting.transfer_id for posting in results}) == 1
    assert sum(not posting.is_repeat for posting in results) == 1
    assert holdings(cleo) == (600, 400)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_overspending_at_once_stops_at_zero():
    cleo = make_user("Cleo")
    earn(cleo, 1_000)

    results = at_once(lambda _: hold(cleo, 100), range(32))

    assert len(succeeded(results)) == 10
    assert len(raised(results, ledger.NotEnough)) == 22
    assert holdings(cleo) == (0, 1_000)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_reversal_16_times_at_once_reverses_once():
    cleo = make_user("Cleo")
    earn(cleo, 1_000)
    transfer = Transfer.objects.get(pk=hold(cleo, 400).transfer_id)
    hold(cleo, 600)

    results = at_once(lambda _: ledger.reverse(transfer), range(16))

    assert len({posting.transfer_id for posting in succeeded(results)}) == 1
    assert raised(results, Exception) == []
    assert holdings(cleo) == (400, 600)
