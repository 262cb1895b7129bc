"""`make bench`: the performance table, measured in one run on one machine.

    python -m bench                       on an embedded PostgreSQL, with fsync on
    python -m bench withdrawals           one part of it alone, or several; PARTS names them
    QUICK=1 python -m bench               every part, small, without bounds or fsync: shows that each still runs
    BENCH_DATABASE_URL=postgres://… python -m bench

Each part has a fresh database, and check_books() looks at it when the part is over. A part that fails says why, and
the others run. Ratios are what counts; absolute numbers change with the machine.
"""

import os
import platform
import sys
import time
import traceback
from contextlib import nullcontext
from importlib import import_module

from bench.database import connect, fresh_database
from bench.server import PROCESSES, THREADS
from bench.sizes import IS_QUICK, SIZES
from bench.table import Row, print_table, say
from tests import postgres

PARTS = {
    "withdrawals": "bench.withdrawals",
    "taps": "bench.taps",
    "cpu": "bench.cpu",
    "statements": "bench.statements",
    "desk": "bench.desk",
    "feed": "bench.feed",
    "books": "bench.books",
    "search": "bench.search",
    "lots": "bench.lots",
    "pages": "bench.pages",
}
# The most discrepancies that are printed for a part.
SHOWN = 5


def main():
    given = os.environ.get("BENCH_DATABASE_URL")
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.")
    rows, failed = [], []
    with nullcontext(given) if given else postgres.running(durable=not IS_QUICK) as server_url:
        url = connect(server_url)
        machine = _machine()
        for part in wanted:
            measured, succeeded = run_part(part, server_url, url)
            rows += measured
            failed += [] if succeeded else [part]
    print_table(machine, rows)
    if failed:
        print(f"\nfailed, and so not or not wholly in the table: {', '.join(failed)}")
    sys.exit(bool(failed) or any(row.falls_short for row in rows))


def run_part(part, server_url, url):
    """Run one part on a fresh database; return its rows, and whether it finished."""
    rows, began = [], time.monotonic()
    try:
        fresh_database(server_url)
        for row in import_module(PARTS[part]).measure(server_url, url):
            say(f"{row.name}: {row.measured}")
            rows.append(row.without_bound() if IS_QUICK else row)
        rows.append(_discrepancies(part))
    except Exception:
        traceback.print_exc()
        say(f"{part} failed after {time.monotonic() - began:.0f} s; the other parts run")
        return rows, False
    say(f"{part} took {time.monotonic() - began:.0f} s")
    return rows, True


def _discrepancies(part):
    """Return the row with the discrepancies in the part's database. Its bound holds in a quick run too."""
    from wallet.books import check_books

    found = check_books()
    for discrepancy in found[:SHOWN]:
        say(f"the books are wrong: {discrepancy}")
    return Row(f"{part}: discrepancies in the books afterwards", len(found), at_most=0)


def _machine():
    import django
    import granian
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
        settings = ", ".join(f"{name} {setting}" for name, setting in cursor.fetchall())
    return [
        "QUICK: every part is small, so its numbers say nothing and no bound counts" if IS_QUICK else "in full",
        f"{os.cpu_count()} cores, {platform.machine()}",
        f"Python {platform.python_version()}, Django {django.__version__}",
        f"granian {granian.__version__}: {PROCESSES} processes of {THREADS} threads; {SIZES.clients} clients, one room",
        f"PostgreSQL {version} ({settings})",
    ]


if __name__ == "__main__":
    main()
