"""The benchmark still measures the site: its rows are whole, its books right, and a part that fails stops no other."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from bench import __main__ as bench
from bench import ledgers, sizes, world
from bench.table import Row
from live.sessions.sessions import end_session, start_session
from tests.factories import make_creator, make_user
from wallet.books import check_books
from wallet.coins import coin_balance
from wallet.models import Transfer


@pytest.mark.once
def test_a_part_that_fails_keeps_its_rows_and_the_next_part_runs(monkeypatch, capsys):
    parts = {"broken": _part(Row("before it broke", 7.0), fails=True), "whole": _part(Row("of the next part", 8.0))}
    monkeypatch.setattr(bench, "PARTS", parts)
    monkeypatch.setattr(bench, "import_module", lambda part: part)
    monkeypatch.setattr(bench, "connect", lambda server_url: "postgresql://bench")
    monkeypatch.setattr(bench, "fresh_database", lambda server_url: None)
    monkeypatch.setattr(bench, "_machine", lambda: ["a machine"])
    monkeypatch.setattr(bench, "_discrepancies", lambda part: Row(f"{part}: discrepancies", 0, at_most=0))
    monkeypatch.setattr("sys.argv", ["bench"])
    monkeypatch.setenv("BENCH_DATABASE_URL", "postgresql://given")

    with pytest.raises(SystemExit) as end:
        bench.main()

    printed = capsys.readouterr()
    table = [line.split("  ")[0] for line in printed.out.splitlines()]
    assert end.value.code == 1
    assert table[3:6] == ["before it broke", "of the next part", "whole: discrepancies"]
    assert printed.out.endswith("failed, and so not or not wholly in the table: broken\n")
    assert "this part is broken" in printed.err


@pytest.mark.once
def test_rows_of_a_quick_run_fall_short_of_nothing():
    row = Row("taps / the tutorial's taps", 0.1, at_least=3.5)

    assert (row.falls_short, row.without_bound().falls_short) == (True, False)


@pytest.mark.once
def test_a_quick_run_is_smaller_in_every_number():
    numbers = zip(sizes.FULL._fields, sizes.FULL, sizes.SMALL, strict=True)

    assert [name for name, full, small in numbers if small >= full] == []


@pytest.mark.postgres
@pytest.mark.django_db
def test_taps_in_bulk_are_whole_and_right():
    now = timezone.now()
    session = start_session(creator=make_creator(), title="Bench", now=now - timedelta(hours=1))
    viewers = [make_user("Vera", coins=100), make_user("Vito", coins=100)]

    world.give_in_bulk([session], viewers, 21, since=now - timedelta(minutes=30), until=now)
    settlement = end_session(session, by="bench")

    assert (settlement.points, settlement.gifts, settlement.gifters) == (105, 21, 2)
    assert sorted(coin_balance(viewer) for viewer in viewers) == [45, 50]
    assert check_books() == []


@pytest.mark.postgres
@pytest.mark.django_db
def test_postings_that_were_only_measured_are_taken_out_again(monkeypatch):
    monkeypatch.setattr(ledgers, "SECONDS", 0.01)
    vera = make_user("Vera", coins=10_000)
    before = Transfer.objects.count()

    posted = ledgers.post_per_second(vera)
    ledgers.forget_postings(vera)

    assert posted > 0
    assert (Transfer.objects.count(), coin_balance(vera)) == (before, 10_000)
    assert check_books() == []


def _part(row, *, fails=False):
    def measure(server_url, url):
        yield row
        if fails:
            raise RuntimeError("this part is broken")

    return SimpleNamespace(measure=measure)
