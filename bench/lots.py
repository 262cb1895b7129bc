"""The lots of a viewer with 100,000 entries: seconds, memory and SQL queries of following one recharge.

python -m bench lots
"""

import time
import tracemalloc
from datetime import timedelta

from bench.sizes import SIZES
from bench.table import Row, say

LOTS, LIVES, COINS_OF_A_PANDA = 100, 20, 5
MOST_SECONDS, MOST_MIB, MOST_QUERIES = 1.0, 32, 4
BYTES_IN_MIB = 1024 * 1024


def measure(server_url, url):
    """Yield rows: the best of five rounds, and the memory that Python used at once in another one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from wallet.lots import follow_lot

    recharge = _make_past()
    with CaptureQueriesContext(connection) as queries:
        follow_lot(recharge)
    seconds = min(_seconds(follow_lot, recharge) for _ in range(5))
    tracemalloc.start()
    follow_lot(recharge)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    yield Row(f"a recharge of a viewer with {SIZES.entries:,} entries: seconds", seconds, at_most=MOST_SECONDS)
    yield Row("  MiB of memory", peak / BYTES_IN_MIB, at_most=MOST_MIB)
    yield Row("  SQL queries", len(queries), at_most=MOST_QUERIES)


def _seconds(follow, recharge):
    began = time.perf_counter()
    follow(recharge)
    return time.perf_counter() - began


def _make_past():
    """Let one viewer buy many times and give everything in some lives; return the recharge in the middle."""
    from django.db import connection
    from django.utils import timezone

    from bench.world import give_in_bulk
    from live.sessions.sessions import start_session
    from tests.factories import give_coins, make_creator, make_user

    say(f"{SIZES.entries:,} taps of one viewer")
    now = timezone.now()
    viewer = make_user("Viewer")
    for _ in range(LOTS):
        give_coins(viewer, COINS_OF_A_PANDA * SIZES.entries // LOTS)
    began = now - timedelta(hours=1)
    sessions = [
        start_session(creator=make_creator(f"Creator{number}", followers=1000), title="Strings", now=began)
        for number in range(LIVES)
    ]
    give_in_bulk(sessions, [viewer], SIZES.entries, since=began, until=now)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    recharges = list(viewer.recharges.order_by("started_at"))
    return recharges[LOTS // 2]
