"""A creator's money pages against the length of their past: Live Gifts, and the statement of a year.

    python -m bench statements

Two creators, each with a year of lives and gifts in every one of them: 50 lives with 10,000 taps, and 5,000 lives with
1,000,000. Lives and withdrawals are made by the product's verbs, each at its own moment, and taps in bulk.
"""

import statistics
from datetime import timedelta
from uuid import uuid4

from bench.load import request_bytes, run_load
from bench.server import serving
from bench.sizes import SIZES
from bench.table import Row, say

PAGES = ("Live Gifts", "a year's statement")
# Short and in turn, so that other load of the machine affects both alike.
SECONDS, WARM_UP = 1.5, 0.3
MOST_QUERIES, MOST_TIMES = 10, 1.5


def measure(server_url, url):
    """Yield rows: milliseconds of both pages for both creators, with and without closed months, and SQL queries."""
    from django.utils import timezone

    from live.statements.closed import close_months

    small, large = _make_creators()
    open_months = _medians(url, small, large)
    lines = close_months()
    counts = {person: _count_queries(person) for person in (small, large)}
    medians = _medians(url, small, large)
    year = timezone.now().year
    for page in PAGES:
        name = f"{page} ({year})" if page != "Live Gifts" else page
        for person, past in ((small, SIZES.short_past), (large, SIZES.long_past)):
            yield Row(f"{name}: ms, {past.lives:,} lives and {past.taps:,} taps", min(medians[page, person]))
        yield Row("  times as long", _ratio(medians[page, large], medians[page, small]), at_most=MOST_TIMES)
        before = _ratio(open_months[page, large], open_months[page, small])
        yield Row("  times as long before the worker has closed any month", before)
        yield Row("  SQL queries of the longer past", counts[large][page], at_most=MOST_QUERIES)
        yield Row("  SQL queries of the shorter past", counts[small][page], at_most=MOST_QUERIES)
    yield Row("closed lines of both creators", lines)


def _medians(url, *people):
    """Return {(page, person): each round's median in milliseconds}, the two creators in turn."""
    from bench import world

    medians = {}
    with serving(url) as port:
        for _ in range(SIZES.rounds):
            for page, path in _paths().items():
                for person in people:
                    request = request_bytes("GET", path, cookies=world.sign_in(person))
                    load = run_load(
                        port, lambda _, __, request=request: request, clients=1, seconds=SECONDS, warm_up=WARM_UP
                    )
                    median = load.only_200(page).percentile(0.5)
                    medians.setdefault((page, person), []).append(1000 * median)
    return medians


def _ratio(ones, others):
    """Return the median ratio over the rounds: both figures of a round had the same load of the machine."""
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))


def _paths():
    from django.utils import timezone

    return dict(zip(PAGES, ("/payouts/", f"/payouts/statements/{timezone.now().year}/"), strict=True))


def _count_queries(person):
    """Return {page: SQL queries}."""
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

LENGTH = 0.9  # of a live, in the time until the next one begins
WITHDRAWN = 100_00


def _make_creators():
    """Return the two creators' users, with their pasts, and statistics for the planner."""
    from django.db import connection

    _let_a_week_hold_everything()
    people = [_make_creator(SIZES.short_past, "Short"), _make_creator(SIZES.long_past, "Long")]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return people


def _let_a_week_hold_everything():
    """Raise the weekly allowance: in the first days of January all the year's withdrawals fall into one week."""
    from payouts.models import LARGEST_WEEKLY_CENTS, DiamondRate, PayoutTerms

    PayoutTerms.objects.create(
        starts_at=DiamondRate.objects.earliest().starts_at + timedelta(days=1), minimum_cents=WITHDRAWN,
        weekly_cents=LARGEST_WEEKLY_CENTS, reason_given="For the benchmark",
    )  # fmt: skip


def _make_creator(past, name):
    """Live and withdraw evenly over this year until now; in its first hour, over the last one."""
    from django.db import transaction
    from django.utils import timezone

    from tests.factories import give_coins, make_creator, make_payout_account, make_user

    say(f"{past.lives:,} lives, {past.taps:,} taps and {past.withdrawals:,} withdrawals")
    with transaction.atomic():
        creator, viewer = make_creator(name, followers=1000), make_user("Viewer")
        account = make_payout_account(creator.user)
        give_coins(viewer, 5 * past.taps)
    now = timezone.now()
    first = min(now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0), now - timedelta(hours=1))
    step, taps = (now - first) / past.lives, past.taps // past.lives
    withdraws_after = past.lives // past.withdrawals
    for number in range(past.lives):
        began = first + number * step
        with transaction.atomic():
            _live(creator, viewer, taps, began, began + LENGTH * step)
            if number % withdraws_after == withdraws_after - 1:
                _withdraw(creator.user, account, began + LENGTH * step)
    return creator.user


def _live(creator, viewer, taps, began, ended):
    from bench.world import give_in_bulk
    from live.sessions.sessions import end_session, start_session

    session = start_session(creator=creator, title=f"Live of {began:%d %b}", now=began)
    give_in_bulk([session], [viewer], taps, since=began, until=ended)
    end_session(session, by="bench", now=ended)


def _withdraw(creator, account, now):
    """Request $100.00 and let the provider pay it at once."""
    from payouts.gateways import Answer, PayoutAnswer
    from payouts.withdrawals.transitions import record_answer
    from payouts.withdrawals.withdrawals import quote, request_withdrawal

    withdrawal = request_withdrawal(
        quote=quote(creator=creator, account=account, cents=WITHDRAWN, now=now), creator=creator, now=now
    )
    for answer in (Answer.PENDING, Answer.PAID):
        record_answer(withdrawal, PayoutAnswer(answer, reference=f"bench-{uuid4()}"), by="sandbox", now=now)
