"""Every ordered pair of PayPal's statuses, each repeated: paid and given back at most once, books correct."""

import itertools
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from payouts.diamonds import diamond_balance
from payouts.gateways import Answer, PayoutAnswer
from payouts.gateways.paypal.statuses import ITEM
from payouts.models import Withdrawal
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.transitions import record_answer
from tests.payouts.earning import withdraw_often
from tests.payouts.paypal.bank import NINE
from tests.payouts.withdrawals.steps import statuses
from wallet.books import check_books
from wallet.models import Reason, Transfer

pytestmark = pytest.mark.django_db

SOON = timedelta(seconds=6)

# Each of PayPal's nine statuses and an unknown one, and the final status of a withdrawal that is first
# reported in the status on the left and then in the one above: s(ent), p(aid), f(ailed), r(eturned), q: still
# requested. `?` waits for a person: a status without a rule, or money at the receiver after it was given back.
STATUSES = [*NINE, "UNHEARD_OF"]
ENDS = """
SUCCESS     p  r  p  p  r  p  r  r  r  p?
FAILED      f? f  f  f  f  f  f  f  f  f?
PENDING     p  f  s  s  r  s  f  r  r  s?
UNCLAIMED   p  f  s  s  r  s  f  r  r  s?
RETURNED    r? r  r  r  r  r  r  r  r  r?
ONHOLD      p  f  s  s  r  s  f  r  r  s?
BLOCKED     f? f  f  f  f  f  f  f  f  f?
REFUNDED    r? r  r  r  r  r  r  r  r  r?
REVERSED    r? r  r  r  r  r  r  r  r  r?
UNHEARD_OF  p  f  s  s  r  s  f  r  r  q?
"""
PAIRS = {
    (first, second): end
    for first, *ends in map(str.split, ENDS.strip().splitlines())
    for second, end in zip(STATUSES, ends, strict=True)
}


def ends_of(withdrawals):
    rows = {row.pk: row for row in Withdrawal.objects.filter(pk__in=[one.pk for one in withdrawals])}
    letters = {"requested": "q", "sent": "s", "paid": "p", "failed": "f", "returned": "r"}
    return [letters[rows[one.pk].status] + ("?" if rows[one.pk].attention else "") for one in withdrawals]


def check_once(withdrawals):
    """Check that each was paid and given back at most once, and that no hold is left."""
    for one in withdrawals:
        posted = Counter(Transfer.objects.filter(reference=one.pk, reverses=None).values_list("reason", flat=True))
        assert posted[Reason.PAY_OUT] <= 1 and posted[Reason.RELEASE] <= 1
        assert max(Counter(statuses(one)).values()) == 1
    assert check_books() == []


def test_every_ordered_pair_of_statuses_each_repeated_pays_at_most_once_and_gives_back_at_most_once():
    cleo, withdrawals = withdraw_often(len(PAIRS))
    for withdrawal, pair in zip(withdrawals, PAIRS, strict=True):
        for status in [word for word in pair for _ in range(3)]:
            answer, why = ITEM.get(status, (Answer.UNCLEAR, ""))
            record_answer(withdrawal, PayoutAnswer(answer, status=status, why=why), by="paypal")

    assert dict(zip(PAIRS, ends_of(withdrawals), strict=True)) == PAIRS
    check_once(withdrawals)
    kept = sum(200 for end in PAIRS.values() if end[0] in "fr")
    assert diamond_balance(cleo) == kept


@pytest.mark.once
def test_every_ordered_pair_of_statuses_asked_of_paypal_ends_the_same(paypal):
    _, withdrawals = withdraw_often(len(PAIRS))
    moments = (timezone.now() + number * SOON for number in itertools.count())
    send_withdrawals(now=next(moments))
    for place in (0, 1):
        for withdrawal, pair in zip(withdrawals, PAIRS, strict=True):
            paypal.bank.set_status(withdrawal.id, pair[place])
        for _ in range(2):
            Withdrawal.objects.update(ask_now=True)
            send_withdrawals(now=next(moments))

    # Each withdrawal is sent before its first status query, so none is still requested.
    assert dict(zip(PAIRS, ends_of(withdrawals), strict=True)) == {
        pair: end.replace("q", "s") for pair, end in PAIRS.items()
    }
    check_once(withdrawals)
    paid = sum(100 for end in PAIRS.values() if end == "p")
    # A payment after a return: the books keep the return, and the withdrawal waits for an operator.
    contradicting = sum(100 for (_, second), end in PAIRS.items() if second == "SUCCESS" and end.endswith("?"))
    assert contradicting == 500
    assert paypal.bank.totals()["paid_cents"] == paid + contradicting
