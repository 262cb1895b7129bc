"""The check of closed days: their money is added up again, from steps and settlements instead of transfers."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Max, Min

from live.models import ClosedDay
from payouts.models import Withdrawal
from wallet import books
from wallet.proofs import day_of, differences, in_force

COLUMNS = ["recharges", "coins", "cents", "lives", "gifts", "points", "gift_cents", "kept_micros", "payouts"]
COLUMNS += ["paid_cents"]

RECHARGED = """SELECT {day} AS day, 1 AS recharges, recharge.coins, recharge.cents, 0 AS lives, 0 AS gifts, 0 AS points,
        0 AS gift_micros, 0 AS kept_micros, 0 AS payouts, 0 AS paid_cents
    FROM wallet_rechargestep step JOIN wallet_recharge recharge ON recharge.id = step.recharge_id
    WHERE step.status = 'confirmed'"""
SETTLED = """SELECT {day}, 0, 0, 0, 1, settlement.gifts, settlement.points, settlement.points * {coin},
        settlement.points * {coin} - settlement.diamonds * settlement.rate_micros, 0, 0
    FROM live_settlement settlement"""
PAID = """SELECT {day}, 0, 0, 0, 0, 0, 0, 0, 0, CASE WHEN step.status = 'paid' THEN 1 ELSE -1 END,
        CASE WHEN step.status = 'paid' THEN withdrawal.cents ELSE -withdrawal.cents END
    FROM payouts_withdrawalstep step JOIN payouts_withdrawal withdrawal ON withdrawal.id = step.withdrawal_id
    LEFT JOIN payouts_withdrawalstep paid ON paid.withdrawal_id = withdrawal.id AND paid.status = 'paid'
    WHERE step.status = 'paid' OR (paid.id < step.id AND step.status IN ({given_back}))"""
OF_DAYS = """SELECT day, SUM(recharges) AS recharges, SUM(coins) AS coins, SUM(cents) AS cents, SUM(lives) AS lives,
        SUM(gifts) AS gifts, SUM(points) AS points, CAST(SUM(gift_micros) AS bigint) / 10000 AS gift_cents,
        SUM(kept_micros) AS kept_micros, SUM(payouts) AS payouts, SUM(paid_cents) AS paid_cents
    FROM ({moves}) moved WHERE day <= '{until}' GROUP BY day"""
# A day without money has a row too, and nothing to compare it with.
CLOSED = f"SELECT day, {', '.join(COLUMNS)} FROM live_closedday WHERE {' OR '.join(f'{c} <> 0' for c in COLUMNS)}"


@books.check
def closed_days_are_their_moves() -> Iterator[str]:
    edges = ClosedDay.objects.aggregate(first=Min("day"), last=Max("day"), count=Count("pk"))
    until = edges["last"] or date.min
    if edges["count"] and (until - edges["first"]).days + 1 != edges["count"]:
        yield f"closed days: {edges['count']} from {edges['first']} to {until}, and every day between has a row"
    coin = in_force("wallet_coinrate", "micros", "settlement.settled_at")
    given_back = ", ".join(f"'{status}'" for status in Withdrawal.GIVEN_BACK)
    moves = [
        RECHARGED.format(day=day_of("step.at")),
        SETTLED.format(day=day_of("settlement.settled_at"), coin=coin),
        PAID.format(day=day_of("step.at"), given_back=given_back),
    ]
    expected = OF_DAYS.format(moves=" UNION ALL ".join(moves), until=until)
    for difference in differences(expected, CLOSED, keys=["day"], columns=COLUMNS):
        (day,) = difference.key
        if difference.found is None:
            yield f"closed day {day}: its row says nothing, money moved on it"
        elif difference.expected is None:
            yield f"closed day {day}: its row says that money moved, and none did"
        else:
            yield f"closed day {day}: {difference.in_words()}"
