"""The tap's own query by pgbench: the same SQL on the same database, with as many clients, without our site."""

import re
import subprocess
import tempfile
from datetime import UTC, datetime
from uuid import uuid4

from bench.ledgers import find_pgbench, literal
from bench.server import PROCESSES
from bench.sizes import SIZES

# The site's processes of this benchmark allow as many.
TAPS_A_SECOND = 1_000


def taps_per_second(session, viewers, database_url):
    """Return how many taps of these viewers pgbench writes into the live a second, prepared; None without pgbench."""
    program = find_pgbench()
    if program is None:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_script(session, viewers))
        script.flush()
        command = [program, "--no-vacuum", "--protocol=prepared", f"--client={SIZES.clients}", f"--jobs={PROCESSES}"]
        command += [f"--time={max(1, round(SIZES.load_seconds))}", f"--file={script.name}", database_url]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])


def _script(session, viewers):
    """Return the query of a tap as a script: viewer and reference are random, the moment is now."""
    keys = [viewer.pk for viewer in viewers]
    moment = "now()"
    own = {
        "debit": "('coins' || chr(58) || 'user' || chr(58) || (:viewer)::bigint)",
        "viewer": "(:viewer)",
        "reference": "('00000000-0000-4000-8000-' || lpad(to_hex((:n)::bigint), 12, '0'))",
        "now": moment,
        "a_second_ago": f"({moment} - interval '1 second')",
        "at_most": str(TAPS_A_SECOND),
    }
    query, values = _query_of_a_tap(session, viewers[0])
    written = {name: own.get(name) or _written(value) for name, value in values.items()}
    query = re.sub(r"%\((\w+)\)s", lambda found: written[found[1]], query)
    draw = f"\\set n random(1, 200000000000000)\n\\set viewer random({min(keys)}, {max(keys)})\n"
    return draw + " ".join(query.split()) + ";\n"


def _query_of_a_tap(session, viewer):
    """Return the query that ledger.post() sends for a tap, and its values."""
    from live.gifts import taps
    from wallet import ledger
    from wallet.coins import coins_of
    from wallet.models import Reason

    now, debit, credit = datetime.now(UTC), coins_of(viewer), taps.points_of(session.pk)
    record = taps._tap_row(viewer, session.pk, "panda", 5, 1, "", now)
    values = {
        "debit": debit.name,
        "credit": credit.name,
        "amount": 5,
        "reason": str(Reason.GIFT),
        "reference": uuid4(),
        "now": now,
        **record.values,
    }
    types = tuple((name, ledger.POSTGRESQL_TYPES[type(value)]) for name, value in values.items())
    clauses = (record.condition, record.insert, record.beside)
    return ledger._one_query(debit.kind, credit.kind, clauses, types), values


def _written(value):
    return str(value).lower() if isinstance(value, bool | int) else literal(str(value))
