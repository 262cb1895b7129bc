"""The world of the benchmarks: a live room, signed-in viewers with coins, and a past of any size.

People, recharges and lives come from the product's own verbs, so that no column is ever missing. Taps by the million
are written in bulk, with the rows that check_books() expects beside them.
"""

from datetime import timedelta
from importlib import import_module
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.utils import timezone

from bench.load import request_bytes
from live.feed.tallies import tally_sessions
from live.sessions.sessions import note_creator_seen, start_session
from people.models import User
from tests.factories import give_coins, make_creator, make_payout_account

CSRF = "c" * 32
COINS = 1_000_000
# Other lives run beside the room: queries about one live must not depend on the number of others.
OTHERS = 4


@transaction.atomic
def build_world(viewers):
    """Make a live session and that many viewers with coins; return (session, viewers)."""
    session = _start_live("Cleo")
    make_payout_account(session.creator.user)
    people = User.objects.bulk_create(
        [User(email=f"viewer-{uuid4()}@example.com", name="Viewer") for _ in range(viewers)]
    )
    for person in people:
        give_coins(person, COINS)
    return session, people


def _start_live(name):
    """Start a live that began two hours ago, so that it can have a past."""
    session = start_session(
        creator=make_creator(name, followers=1000), title="Friday strings", now=timezone.now() - timedelta(hours=2)
    )
    # Without this a worker would end the live: its creator wasn't seen for two hours.
    note_creator_seen(session)
    return session


def sign_in(user):
    """Return the Cookie header of a signed-in browser."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}; csrftoken={CSRF}"


def tap_request(path, cookies, **fields):
    """Return a tap as the room's script sends it, with a fresh id."""
    return post_request(path, cookies, **fields, tap_id=uuid4())


def post_request(path, cookies, **fields):
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    return request_bytes("POST", path, cookies=cookies, body=body, headers=[f"X-CSRFToken: {CSRF}", "HX-Request: true"])


TAPS = """INSERT INTO live_gifttap
    (tap_id, session_id, viewer_id, gift_id, name, art, price, quantity, coins, created_at)
    SELECT gen_random_uuid(),
        (%(sessions)s::uuid[])[1 + n %% cardinality(%(sessions)s::uuid[])],
        (%(viewers)s::bigint[])[1 + n %% cardinality(%(viewers)s::bigint[])],
        gift.id, gift.name, gift.art, 5, 1, 5,
        %(since)s::timestamptz + (%(until)s::timestamptz - %(since)s::timestamptz) * (n::float8 / %(taps)s::float8)
    FROM generate_series(1, %(taps)s::int) n, live_gift gift WHERE gift.slug = 'panda'"""
NEWEST = "SELECT COALESCE(MAX(id), 0) FROM live_gifttap"
TRANSFERS = """INSERT INTO wallet_transfer (debit_id, credit_id, amount, reason, reference, created_at)
    SELECT 'coins:user:' || viewer_id, 'points:session:' || session_id, coins, 'gift', tap_id, created_at
    FROM live_gifttap WHERE id > %(newest)s ORDER BY id"""
DEBITS = """UPDATE wallet_account SET balance = balance - gave.coins FROM
    (SELECT viewer_id, SUM(coins) AS coins FROM live_gifttap WHERE id > %(newest)s GROUP BY viewer_id) gave
    WHERE name = 'coins:user:' || gave.viewer_id"""


def give_in_bulk(sessions, viewers, taps, *, since, until):
    """Write that many pandas, past the triggers, evenly between the moments and in turn to the sessions."""
    values = {"sessions": [session.pk for session in sessions], "viewers": [viewer.pk for viewer in viewers]}
    values |= {"taps": taps, "since": since, "until": until}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(NEWEST)
        values["newest"] = cursor.fetchone()[0]
        for query in (TAPS, TRANSFERS, DEBITS):
            cursor.execute(query, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def add_past(session, viewers, taps):
    """Write that many taps of an hour ago, half of them into the live room; tally as the worker does."""
    others = [_start_live(f"Past{number}") for number in range(OTHERS)]
    an_hour_ago = timezone.now() - timedelta(hours=1)
    give_in_bulk(
        [session] * OTHERS + others, viewers, taps, since=an_hour_ago, until=an_hour_ago + timedelta(minutes=10)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    tally_sessions()
