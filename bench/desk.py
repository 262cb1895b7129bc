"""The operator's front page with a large past: 100,000 people with coins, 1,000,000 taps, 400 closed days.

    python -m bench desk

People and their recharges are written in bulk, with the rows that check_books() expects beside them. Taps are given in
a running live and in lives that have ended; the worker's verbs tally them and close the days.
"""

from datetime import timedelta

from bench.load import request_bytes, run_load
from bench.server import serving
from bench.sizes import SIZES
from bench.table import Row, say

SECONDS, WARM_UP = 4, 1
MOST_QUERIES, MOST_MILLISECONDS = 15, 300
COINS = 10_000
LIVES = 20


def measure(server_url, url):
    """Yield rows: milliseconds of the front page and its SQL queries."""
    from bench import world

    otto = _make_past()
    queries = _count_queries(otto)
    with serving(url) as port:
        request = request_bytes("GET", "/admin/", cookies=world.sign_in(otto))
        load = run_load(port, lambda _, __: request, clients=1, seconds=SECONDS, warm_up=WARM_UP)
    median = 1000 * load.only_200("the front page").percentile(0.5)
    name = f"{SIZES.people:,} people, {SIZES.desk_taps:,} taps, {SIZES.desk_days} closed days"
    yield Row(f"the operator's front page: ms, {name}", median, at_most=MOST_MILLISECONDS)
    yield Row("  SQL queries", queries, at_most=MOST_QUERIES)


def _count_queries(operator):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.first_load import client_of

    client = client_of(operator)
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/admin/").status_code == 200
    return len(queries)


# --- The past ---------------------------------------------------------------------------------------

PEOPLE = """INSERT INTO people_user (email, name, avatar, password, is_superuser, is_staff, is_active, date_joined)
    SELECT 'bench-' || n || '@example.com', 'Viewer', 'octopus', '', false, false, true,
        now() - (n %% %(days)s::int) * interval '1 day' - interval '2 hours'
    FROM generate_series(1, %(people)s::int) n"""
RECHARGES = """INSERT INTO wallet_recharge
    (id, user_id, package_id, coins, cents, provider, method, status, payment_id, started_at)
    SELECT gen_random_uuid(), person.id, %(package)s, %(coins)s, %(coins)s, 'sandbox', 'card', 'confirmed',
        'bench-' || person.id, person.date_joined
    FROM people_user person WHERE person.email LIKE 'bench-%%'"""
STEPS = """INSERT INTO wallet_rechargestep (recharge_id, status, by, why, at)
    SELECT recharge.id, step.status, 'bench', 'For the benchmark', recharge.started_at
    FROM wallet_recharge recharge, (VALUES (1, 'started'), (2, 'confirmed')) step(place, status)
    WHERE recharge.payment_id LIKE 'bench-%%' ORDER BY recharge.id, step.place"""
EVENTS = """INSERT INTO wallet_paymentevent (provider, event_id, body, about, payment_id, cents, outcome, received_at)
    SELECT 'sandbox', 'bench-' || payment_id, '{}', id, payment_id, cents, 'confirmed', started_at
    FROM wallet_recharge WHERE payment_id LIKE 'bench-%%'"""
ACCOUNTS = """INSERT INTO wallet_account (name, unit, kind, owner_id, balance)
    SELECT 'coins:user:' || user_id, 'coin', 'guarded', user_id, coins
    FROM wallet_recharge WHERE payment_id LIKE 'bench-%%'"""
TRANSFERS = """INSERT INTO wallet_transfer (debit_id, credit_id, amount, reason, reference, created_at)
    SELECT move.debit, COALESCE(move.credit, 'coins:user:' || recharge.user_id), %(coins)s, move.reason, recharge.id,
        recharge.started_at
    FROM wallet_recharge recharge,
        (VALUES ('cents:viewers', 'cents:platform', 'payment'), ('coins:issuance', NULL, 'recharge'))
        move(debit, credit, reason)
    WHERE recharge.payment_id LIKE 'bench-%%' ORDER BY recharge.started_at"""
BULK = (PEOPLE, RECHARGES, STEPS, EVENTS, ACCOUNTS, TRANSFERS)


def _make_past():
    """Return an operator of a site with a past, and statistics for the planner."""
    from django.db import connection, transaction

    from live.desk.days import close_days
    from live.feed.tallies import tally_sessions
    from tests.factories import package_of
    from tests.operator import make_operator

    say(f"{SIZES.people:,} people with {COINS:,} coins each")
    values = {"people": SIZES.people, "days": SIZES.desk_days, "coins": COINS, "package": package_of(COINS).pk}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for query in BULK:
            cursor.execute(query, values)
        cursor.execute("SET LOCAL session_replication_role = origin")
    _give()
    tally_sessions()
    say(f"{close_days()} days closed")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return make_operator()


def _give():
    """Give half of the taps in ended lives of the last days, and half in lives that run now."""
    from django.utils import timezone

    from bench.world import give_in_bulk
    from live.sessions.sessions import end_session, note_creator_seen, start_session
    from people.models import User
    from tests.factories import make_creator

    say(f"{SIZES.desk_taps:,} taps in {LIVES} lives")
    now, taps = timezone.now(), SIZES.desk_taps // LIVES
    # An array of all people would be read anew for each tap.
    viewers = list(User.objects.filter(email__startswith="bench-")[:500])
    for number in range(LIVES):
        creator = make_creator(f"Creator{number}", followers=1000)
        began = now - timedelta(days=number // 2, hours=2)
        session = start_session(creator=creator, title="Friday strings", now=began)
        give_in_bulk([session], viewers, taps, since=began, until=began + timedelta(hours=1))
        if number % 2:
            end_session(session, by="bench", now=began + timedelta(hours=1))
        else:
            note_creator_seen(session)
