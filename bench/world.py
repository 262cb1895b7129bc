"""What the benchmarks stand on: a live room, viewers who are signed in and have coins, and a past of any size."""

from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from bench.load import request_bytes
from bench.peers.tutorial.models import Present, Purse
from live.tallies import tally_sessions
from payouts.models import PayoutAccount, PayoutService
from people.models import User
from tests.factories import make_creator, make_session
from wallet import accounts, ledger
from wallet.coins import coins_of
from wallet.models import Reason

CSRF = "c" * 32
COINS = 10_000_000


def build_world(viewers):
    """Make a live session and that many viewers with coins; return (session, viewers)."""
    creator = make_creator(followers=1000)
    session = make_session(creator)
    PayoutAccount.objects.create(
        owner=creator.user, service=PayoutService.objects.get(slug="paypal"), country="PT", receiver="c@example.com"
    )
    people = User.objects.bulk_create(
        [User(email=f"viewer-{uuid4()}@example.com", name="Viewer") for _ in range(viewers)]
    )
    for person in people:
        ledger.post(
            debit=accounts.COINS_ISSUANCE,
            credit=coins_of(person),
            amount=COINS,
            reason=Reason.RECHARGE,
            reference=uuid4(),
        )
    Purse.objects.bulk_create([Purse(user=person, coins=COINS) for person in [*people, creator.user]])
    Present.objects.get_or_create(slug="panda", defaults={"name": "Panda", "coins": 5})
    return session, people


def sign_in(user):
    """Return the Cookie header of a signed-in browser."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}; csrftoken={CSRF}"


def tap_request(path, cookies, **fields):
    """Return a tap as the room's script sends it, with a fresh id."""
    body = "&".join(f"{name}={value}" for name, value in {**fields, "tap_id": uuid4()}.items())
    return request_bytes("POST", path, cookies=cookies, body=body, headers=[f"X-CSRFToken: {CSRF}", "HX-Request: true"])


PAST = """
INSERT INTO wallet_transfer (debit_id, credit_id, amount, reason, reference, created_at)
    SELECT 'coins:user:' || (%(viewers)s::bigint[])[1 + n %% cardinality(%(viewers)s::bigint[])],
        'points:session:' || (%(sessions)s::uuid[])[1 + n %% cardinality(%(sessions)s::uuid[])],
        5, 'gift', ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, now() - interval '1 hour'
    FROM generate_series(%(first)s::int, %(last)s::int) n;
INSERT INTO live_gifttap
    (tap_id, session_id, viewer_id, gift_id, name, art, price, quantity, coins, transaction_id, created_at)
    SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
        (%(sessions)s::uuid[])[1 + n %% cardinality(%(sessions)s::uuid[])],
        (%(viewers)s::bigint[])[1 + n %% cardinality(%(viewers)s::bigint[])],
        gift.id, gift.name, gift.art, 5, 1, 5, pg_current_xact_id()::text::bigint, now() - interval '1 hour'
    FROM generate_series(%(first)s::int, %(last)s::int) n, live_gift gift WHERE gift.slug = 'panda'"""


def add_past(session, viewers, taps, *, start=0):
    """Write that many earlier taps past the triggers, half of them into the live room; tally as the worker does."""
    others = [make_session(make_creator(name=f"Past{number}", followers=1000)) for number in range(4)]
    rooms = [session.id] * len(others) + [other.id for other in others]
    values = {"viewers": [viewer.pk for viewer in viewers], "sessions": rooms, "first": start + 1, "last": start + taps}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in PAST.split(";"):
            cursor.execute(statement, values)
        cursor.execute("RESET session_replication_role")
        cursor.execute("ANALYZE")
    tally_sessions()
