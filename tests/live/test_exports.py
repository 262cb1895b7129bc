"""The five files that the site gives to spreadsheets."""

import csv
import io
from pathlib import Path

import pytest

from live.sessions.sessions import end_session
from tests.factories import make_creator, make_session, make_user, tap
from tests.operator import make_operator

pytestmark = pytest.mark.django_db


def test_no_other_module_writes_csv_by_itself():
    modules = [path for app in ("people", "wallet", "payouts", "live") for path in Path(app).rglob("*.py")]

    assert [str(path) for path in modules if "csv.writer" in path.read_text()] == ["people/text/spreadsheets.py"]


def test_every_export_begins_with_the_mark_once_and_is_utf_8(client):
    vera, cleo = make_user("Véra", coins=1_000), make_creator(followers=1_000)
    live = make_session(cleo, title="Frédéric")
    tap(vera, live)
    end_session(live, by="cleo")
    otto = make_operator()
    period = f"{live.started_at.year}/{live.started_at.month}"
    exports = [
        (vera, "/wallet/history/?format=csv", "time_utc"),
        (cleo.user, "/live/studio/supporters/?format=csv", "name"),
        (cleo.user, f"/payouts/statements/{period}/?format=csv", "period"),
        (otto, "/admin/payouts/withdrawal/totals/?format=csv", "day_utc"),
        (otto, "/admin/live/gift/export/", "slug"),
    ]

    for person, address, first in exports:
        client.force_login(person)
        response = client.get(address)
        data = response.getvalue()
        assert (response.status_code, response["Content-Type"].split(";")[0]) == (200, "text/csv"), address
        assert data.startswith(b"\xef\xbb\xbf"), address
        assert data.count(b"\xef\xbb\xbf") == 1, address
        assert next(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[0] == first, address
