"""The files of a viewer with 100,000 gifts: soon made, in little memory, by few queries of which none reads it all."""

import json
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from live.models import GiftTap
from live.own_data.everything import own_data_of
from people.own_data.files import as_json, as_zip
from tests.factories import make_creator, make_session, make_user, tap
from wallet.models import Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.alone, pytest.mark.spoils_books, pytest.mark.once]
GIFTS = 100_000
BEGIN = datetime(2026, 10, 5, tzinfo=UTC)


def viewer_with(gifts):
    """Make a viewer with a gift a second, and its transfer. Rows alone: their triggers would take minutes."""
    with time_machine.travel(BEGIN):
        vera, live = make_user(coins=100), make_session(make_creator())
        tap(vera, live)
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL session_replication_role = replica")
    first, moved = GiftTap.objects.get(), Transfer.objects.get(reason="gift")
    common = {"viewer": vera, "session": live, "gift": first.gift, "name": "Panda", "art": "panda"}
    common |= {"quantity": 1, "price": 5, "coins": 5}
    sides = {"debit_id": moved.debit_id, "credit_id": moved.credit_id, "amount": 5, "reason": "gift"}
    taps, moves = [], []
    for number in range(1, gifts):
        tap_id, at = uuid4(), BEGIN + timedelta(seconds=number)
        taps.append(GiftTap(tap_id=tap_id, created_at=at, **common))
        moves.append(Transfer(reference=tap_id, created_at=at, **sides))
    GiftTap.objects.bulk_create(taps, batch_size=5_000)
    Transfer.objects.bulk_create(moves, batch_size=5_000)
    return vera


def made(write, vera):
    """Return the size of a file, the seconds of work in this process, and its number of queries."""
    begun, size = time.process_time(), 0
    with CaptureQueriesContext(connection) as queries:
        for part in write(own_data_of(vera)):
            size += len(part)
    return size, time.process_time() - begun, len(queries)


def most_memory(write, vera):
    tracemalloc.start()
    for _ in write(own_data_of(vera)):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_100_000_gifts_are_written_within_seconds():
    vera = viewer_with(GIFTS)

    for write, most_bytes in ((as_zip, 16_000_000), (as_json, 64_000_000)):
        size, seconds, queries = made(write, vera)
        assert size < most_bytes
        assert seconds < 10
        assert queries < 260


@pytest.mark.parametrize("write", [as_zip, as_json])
def test_memory_stays_that_of_one_query(write):
    vera = viewer_with(10_000)

    most = most_memory(write, vera)

    assert most < 4_000_000


def test_json_of_many_gifts_is_whole():
    vera = viewer_with(10_000)

    document = json.loads("".join(as_json(own_data_of(vera))))

    assert len(document["tables"]["gifts_sent"]["rows"]) == 10_000
    assert document["tables"]["coins_spent"]["rows"][0]["coins"] == 50_000
