"""check_books() for pasts of several lengths: seconds, and memory of its process.

python -m bench books
"""

import os
import subprocess
import sys
import time

from bench.sizes import SIZES
from bench.table import Row, say

KIB_IN_MIB = 1024


def measure(server_url, url):
    """Yield the rows of one room whose past grows."""
    from bench import world

    few, many = SIZES.few_taps, SIZES.many_taps
    session, viewers = world.build_world(SIZES.viewers)
    found = {}
    for taps, added in ((few, few), (many, many - few)):
        say(f"making {added:,} taps")
        world.add_past(session, viewers, added)
        say(f"check_books with {taps:,} taps")
        found[taps] = _run_command(url)
        yield Row(f"check_books with {taps:,} taps, seconds", found[taps][0])
        yield Row(f"check_books with {taps:,} taps, MiB of memory", found[taps][1])
    yield Row("memory of check_books, the longer past / the shorter", found[many][1] / found[few][1], at_most=1.2)


# The process reads its own peak: the system's figure for a child starts with the memory of its parent.
ASK = """import django; django.setup()
from wallet.books import check_books
found = check_books()
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(len(found), peak)"""


def _run_command(url):
    """Return the seconds and the largest memory in MiB of check_books() in a process of its own."""
    from django.conf import settings

    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, cwd=settings.BASE_DIR, check=True, capture_output=True, text=True
    )
    found, peak = map(int, done.stdout.split())
    if found:
        raise RuntimeError(f"check_books found {found} discrepancies")
    return time.perf_counter() - began, peak / KIB_IN_MIB
