"""The history as a file: exact numbers, one's own alone, and no cell that a spreadsheet runs."""

import csv
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine

from live.models import Gift
from people.text.spreadsheets import harmless
from tests.factories import confirm, make_recharge, make_user, tap
from tests.wallet.giving import cleo_live
from wallet import history

pytestmark = pytest.mark.django_db

PAGE = "/wallet/history/"


def rows_of(client, user):
    client.force_login(user)
    response = client.get(PAGE, {"format": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="ovation-coins.csv"'
    return list(csv.DictReader(response.getvalue().decode("utf-8-sig").splitlines()))


def test_csv_has_every_move_with_exact_numbers(client):
    with time_machine.travel(datetime(2026, 1, 15, 22, 30, tzinfo=UTC), tick=False):
        vera, session = make_user(coins=1_000), cleo_live()
        tap_id = uuid4()
        tap(vera, session, quantity=3, tap_id=tap_id)

    rows = rows_of(client, vera)

    assert rows[0] == {
        "time_utc": "2026-01-15T22:30:00Z",
        "what": "Panda ×3 to Cleo Marin in “Friday strings”",
        "coins": "-15",
        "usd": "-0.150000",
        "reason": "gift",
        "reference": str(tap_id),
    }
    assert (rows[1]["what"], rows[1]["coins"], rows[1]["usd"]) == ("Recharge by card", "1000", "10.000000")
    assert len(rows) == 2


def test_csv_holds_all_pages_and_adds_up_to_the_balance(client, monkeypatch):
    monkeypatch.setattr(history.every_entry, "__defaults__", (7,))
    vera = make_user()
    for _ in range(30):
        confirm(make_recharge(vera))

    rows = rows_of(client, vera)

    assert len({row["reference"] for row in rows}) == 30
    assert sum(int(row["coins"]) for row in rows) == 3_000


def test_csv_is_ones_own(client):
    make_user(coins=1_000)

    stranger = make_user("Mallory")

    assert rows_of(client, stranger) == []


@pytest.mark.once
def test_csv_cell_never_starts_a_formula(client):
    vera, session = make_user(coins=100), cleo_live()
    Gift.objects.filter(slug="panda").update(name="=HYPERLINK(1)")
    tap(vera, session)

    assert rows_of(client, vera)[0]["what"].startswith("'=HYPERLINK(1) to Cleo Marin")


@pytest.mark.once
@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n1", "  =1", "＝1", "－1"])
def test_text_that_could_start_a_formula_gets_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.once
@pytest.mark.parametrize("text", ["Panda", "1=1", "Panda +1", "“=”", ""])
def test_other_text_stays_as_it_is(text):
    assert harmless(text) == text
