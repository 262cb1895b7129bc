"""A year of Cleo's lives and withdrawals, and a statement that is proved while it is made."""

from live.statements.proof import discrepancies_in
from live.statements.statements import Period, statement_of
from payouts.models import DiamondRate
from payouts.withdrawals.transitions import mark_paid, return_withdrawal
from payouts.withdrawals.withdrawals import cancel_withdrawal
from tests.payouts.earning import earn, make_earner, mark_sent, withdraw


def proved(person, *period):
    """Return the statement of a period, after it was proved."""
    statement = statement_of(person, Period(*period))
    assert discrepancies_in(statement, person) == []
    return statement


def set_rate(micros, model=DiamondRate):
    model.objects.create(micros=micros, reason_given="For tests.")


def a_year_of_cleo(clock):
    """Lives at two worths; withdrawals paid, returned in a later month, failed, cancelled, and still on the way."""
    clock(2)
    cleo = make_earner(60_000)
    creator = cleo.creator
    clock(2, 20)
    returned = withdraw(cleo, 150_00)
    mark_sent(returned, reference="p-1", by="paypal")
    mark_paid(returned, reference="p-1", by="paypal")
    clock(3)
    set_rate(4_000)
    earn(creator, 10_001)
    failed = withdraw(cleo, 100_00)
    return_withdrawal(failed, status="failed", by="paypal", why="Closed.")
    clock(5)
    return_withdrawal(returned, status="returned", by="paypal", why="No such account.")
    cancel_withdrawal(withdraw(cleo, 100_00), by=cleo.email)
    clock(5, 31, 23)
    on_the_way = withdraw(cleo, 200_00)
    clock(6, 1, 0)
    mark_paid(on_the_way, reference="p-2", by="paypal")
    clock(8)
    earn(creator, 10_000)
    withdraw(cleo, 100_00)
    return cleo
