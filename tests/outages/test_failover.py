"""DATABASE_URL with a list of hosts: the site finds the standby that was promoted, and no acknowledged tap is lost."""

import threading
import time
from uuid import uuid4

import psycopg
import pytest

from tests.outages.conftest import World
from tests.outages.standby import standby_of
from tests.outages.visitor import Visitor
from tests.real_server import serving

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TAPPERS = 4


def keep_tapping(visitor, stop, acknowledged):
    """Tap; what isn't acknowledged is sent again with the same id, as the page does."""
    while not stop.is_set():
        tap_id = uuid4()
        while not stop.is_set():
            answer = visitor.tap(tap_id)
            if answer.status == 200:
                acknowledged.append((time.monotonic(), tap_id))
                break
            assert answer.status in (429, 503), answer.body
            time.sleep(0.1)
        time.sleep(0.25)


def test_failover_to_a_synchronous_standby_loses_no_acknowledged_tap(world):
    stop, acknowledged = threading.Event(), []
    cluster = world.cluster
    with standby_of(cluster) as standby:
        url = f"postgres://postgres@/ovation?host={cluster.data},{standby.host}&target_session_attrs=read-write"
        with serving(DATABASE_URL=url, LOG_LEVEL="ERROR") as (server,):
            visitor = Visitor(server, World(cluster, world.live, world.session_key))
            tappers = [
                threading.Thread(target=keep_tapping, args=[visitor, stop, acknowledged]) for _ in range(TAPPERS)
            ]
            for tapper in tappers:
                tapper.start()
            time.sleep(2)
            cluster.stop("immediate")
            failed = time.monotonic()
            standby.promote()
            promoted = time.monotonic()
            time.sleep(3)
            stop.set()
            for tapper in tappers:
                tapper.join()
            ready = visitor.ask("/readyz")
        with psycopg.connect(f"postgresql://postgres@/ovation?host={standby.host}") as session:
            kept = {row[0] for row in session.execute("SELECT tap_id FROM live_gifttap")}

    before = [moment for moment, _ in acknowledged if moment < failed]
    after = [moment for moment, _ in acknowledged if moment > promoted]
    assert len(before) > TAPPERS
    assert len(after) > TAPPERS
    assert min(after) - promoted < 2.5
    assert {tap_id for _, tap_id in acknowledged} <= kept
    assert ready.status == 200
