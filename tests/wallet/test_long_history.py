"""A month with 100,000 gifts is one query over the viewer's taps, and shown at once."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from live.models import GiftTap
from tests.factories import make_creator, make_session, make_user, tap

pytestmark = [pytest.mark.django_db, pytest.mark.alone, pytest.mark.spoils_books]
GIFTS = 100_000
BEGIN = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.fixture
def vera():
    """A viewer with a gift a second, in turn in 30 lives. Rows alone: their triggers would take minutes."""
    with time_machine.travel(BEGIN):
        vera = make_user(coins=100)
        lives = [make_session(make_creator(f"Cleo {number}")) for number in range(30)]
        tap(vera, lives[0])
    if connection.vendor == "postgresql":
        connection.cursor().execute("SET LOCAL session_replication_role = replica")
    first = GiftTap.objects.get()
    common = {
        "viewer": vera,
        "gift": first.gift,
        "name": "Panda",
        "art": "panda",
        "quantity": 1,
        "price": 5,
        "coins": 5,
    }
    GiftTap.objects.bulk_create(
        GiftTap(
            tap_id=uuid4(), session=lives[number % 30], created_at=BEGIN + timedelta(hours=1, seconds=number), **common
        )
        for number in range(GIFTS - 1)
    )
    return vera


def test_month_of_100_000_gifts_is_shown_within_a_second(client, vera):
    client.force_login(vera)
    client.get("/wallet/history/")

    begun = time.perf_counter()
    page = client.get("/wallet/history/").text

    assert time.perf_counter() - begun < 1
    assert "<strong>500,000 coins</strong>" in page
    assert page.count('<details class="fold">') == 25
    assert "Page 1 of 2" in page
