"""A creator's money pages against the length of their past: Live Gifts, and the statement of a year.

    python -m bench statements

Two creators, each with a year of lives and a gift in every one of them: 50 lives with 10,000 taps, and 5,000 lives with
1,000,000. Rows are written past the triggers, as world.add_past() does; settlements and withdrawals agree with them.
"""

import statistics

from bench.load import request_bytes, run_load
from bench.server import serving
from bench.table import Row

SMALL, LARGE = (50, 10_000, 2), (5_000, 1_000_000, 200)  # lives, taps, withdrawals
PAGES = ("Live Gifts", "a year's statement")
# Short and in turn, so that what else the machine does falls on both alike.
ROUNDS, SECONDS, WARM_UP = 6, 1.5, 0.3
MOST_STATEMENTS, MOST_TIMES = 10, 1.5


def measure(server_url, url):
    """Yield rows: milliseconds of both pages for both creators, with and without closed months, and SQL statements."""
    from django.utils import timezone

    from live.models import StatementClosing, StatementLine
    from live.statements_closed import close_months

    small, large = _make_creators()
    # A worker of an earlier part may have closed the months into which these pasts were written.
    StatementLine.objects.all().delete()
    StatementClosing.objects.all().delete()
    open_months = _medians(url, small, large)
    lines = close_months()
    counts = {person: _count_statements(person) for person in (small, large)}
    medians = _medians(url, small, large)
    year = timezone.now().year
    for page in PAGES:
        name = f"{page} ({year})" if page != "Live Gifts" else page
        yield Row(f"{name}: ms, {SMALL[0]:,} lives and {SMALL[1]:,} taps", min(medians[page, small]))
        yield Row(f"{name}: ms, {LARGE[0]:,} lives and {LARGE[1]:,} taps", min(medians[page, large]))
        yield Row("  times as long", _ratio(medians[page, large], medians[page, small]), at_most=MOST_TIMES)
        before = _ratio(open_months[page, large], open_months[page, small])
        yield Row("  times as long before the worker has closed any month", before)
        yield Row("  SQL statements of the longer past", counts[large][page], at_most=MOST_STATEMENTS)
        yield Row("  SQL statements of the shorter past", counts[small][page], at_most=MOST_STATEMENTS)
    yield Row("closed lines of both creators", lines)


def _medians(url, *people):
    """Return {(page, person): each round's median in milliseconds}, the two creators in turn."""
    from bench import world

    medians = {}
    with serving(url) as port:
        for _ in range(ROUNDS):
            for page, path in _paths().items():
                for person in people:
                    request = request_bytes("GET", path, cookies=world.sign_in(person))
                    load = run_load(
                        port, lambda _, __, request=request: request, clients=1, seconds=SECONDS, warm_up=WARM_UP
                    )
                    if load.failures:
                        raise RuntimeError(f"{page}: answers other than 200: {load.statuses}")
                    medians.setdefault((page, person), []).append(1000 * load.percentile(0.5))
    return medians


def _ratio(ones, others):
    """Return the median over the rounds of one by the other: both of a round saw the same machine."""
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))


def _paths():
    from django.utils import timezone

    return dict(zip(PAGES, ("/payouts/", f"/payouts/statements/{timezone.now().year}/"), strict=True))


def _count_statements(person):
    """Return {page: SQL statements}."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.first_load import client_of

    client, counts = client_of(person), {}
    for page, path in _paths().items():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        counts[page] = len(queries)
    return counts


# --- Two creators and their past --------------------------------------------------------------------

# Evenly over this year until an hour ago; in the first days of January over the last hour.
WHEN = """date_trunc('year', now(), 'UTC') + (now() - interval '1 hour' - date_trunc('year', now(), 'UTC'))
    * (({n}::float8) / %(of)s)"""
SESSION = "('00000000-0000-4000-a000-' || lpad(to_hex(%(base)s::bigint + {n}), 12, '0'))::uuid"
PAST = [
    # Lives, each at its own moment.
    f"""INSERT INTO live_livesession (id, creator_id, title, gifts_open, followers_at_start, started_at,
            creator_seen_at, ended_at)
        SELECT {SESSION.format(n="n")}, %(person)s, 'Live ' || n, true, 1000, {WHEN.format(n="n")} - interval '1 hour',
            {WHEN.format(n="n")}, {WHEN.format(n="n")} FROM generate_series(1, %(lives)s) n""",
    # Taps, as many in each.
    """INSERT INTO live_gifttap (tap_id, session_id, viewer_id, gift_id, name, art, price, quantity, coins,
            transaction_id, created_at)
        SELECT gen_random_uuid(), session.id, %(viewer)s, gift.id, gift.name, gift.art, 5, 1, 5,
            pg_current_xact_id()::text::bigint, session.ended_at - interval '1 minute'
        FROM live_livesession session, live_gift gift, generate_series(1, %(taps_each)s)
        WHERE session.creator_id = %(person)s AND session.ended_at IS NOT NULL AND gift.slug = 'panda'""",
    # Settlements and their transfers.
    """INSERT INTO live_settlement (session_id, points, diamonds, gifts, gifters, rate_micros, ended_by, settled_at)
        SELECT id, 5 * %(taps_each)s, 5 * %(taps_each)s, %(taps_each)s, 1, 5000, 'bench', ended_at
        FROM live_livesession WHERE creator_id = %(person)s AND ended_at IS NOT NULL""",
    """INSERT INTO wallet_transfer (debit_id, credit_id, amount, reason, reference, created_at)
        SELECT 'diamonds:issuance', 'diamonds:user:' || %(person)s, 5 * %(taps_each)s, 'settle-diamonds', session.id,
            session.ended_at
        FROM live_livesession session WHERE creator_id = %(person)s AND ended_at IS NOT NULL""",
    # What each may withdraw now.
    """INSERT INTO wallet_account (name, unit, kind, owner_id, balance)
        SELECT 'diamonds:user:' || %(person)s, 'diamond', 'guarded', %(person)s,
            5 * %(taps_each)s::bigint * %(lives)s - 20000 * %(withdrawals)s::bigint
        WHERE 5 * %(taps_each)s::bigint * %(lives)s >= 20000 * %(withdrawals)s::bigint""",
    # Paid withdrawals of $100.00, and their steps.
    f"""INSERT INTO payouts_quote (id, creator_id, account_id, rate_id, cents, diamonds, created_at, expires_at)
        SELECT {SESSION.format(n="n")}, %(person)s, %(account)s, %(rate)s, 10000, 20000, {WHEN.format(n="n")},
            {WHEN.format(n="n")} FROM generate_series(1, %(withdrawals)s) n""",
]
STEPS = """INSERT INTO payouts_withdrawalstep (withdrawal_id, status, by, why, at)
    SELECT withdrawal.id, s.status, 'bench', '', withdrawal.requested_at + s.number * interval '1 minute'
    FROM payouts_withdrawal withdrawal, unnest(ARRAY['requested', 'sent', 'paid']) WITH ORDINALITY AS s(status, number)
    WHERE withdrawal.creator_id = %(person)s"""


def _make_creators():
    """Return the two creators' users, with their pasts, and statistics for the planner."""
    from django.db import connection

    people = [_make_creator(*size, base=1_000_000 * number) for number, size in enumerate((SMALL, LARGE), start=1)]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return people


def _make_creator(lives, taps, withdrawals, *, base):
    from django.db import connection, transaction

    from payouts import worth
    from payouts.models import Quote, Withdrawal
    from tests.factories import make_creator, make_payout_account, make_user

    person = make_creator(name=f"Past{base}", followers=1000).user
    values = {"person": person.pk, "viewer": make_user("Viewer").pk, "account": make_payout_account(person).pk}
    values |= {"rate": worth.rate_at().pk, "base": base, "lives": lives, "taps_each": taps // lives}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in PAST:
            of = withdrawals if "payouts_quote" in statement else lives
            cursor.execute(_typed(statement), values | {"withdrawals": withdrawals, "of": of})
        Withdrawal.objects.bulk_create(
            [
                Withdrawal(
                    id=quote.pk, quote=quote, creator=person, account_id=quote.account_id, provider="sandbox",
                    cents=quote.cents, diamonds=quote.diamonds, rate_micros=5_000, week=quote.created_at.date(),
                    status="paid", requested_at=quote.created_at, arrives_by=quote.created_at.date(),
                )
                for quote in Quote.objects.filter(creator=person)
            ]
        )  # fmt: skip
        cursor.execute(_typed(STEPS), values)
    return person


def _typed(statement):
    """Give each parameter its type, which the server needs to know before the values."""
    for name in ("person", "viewer", "account", "rate", "base"):
        statement = statement.replace(f"%({name})s", f"%({name})s::bigint")
    for name in ("lives", "taps_each", "withdrawals"):
        statement = statement.replace(f"%({name})s", f"%({name})s::int")
    return statement.replace("%(of)s", "%(of)s::float8").replace("bigint::bigint", "bigint")
