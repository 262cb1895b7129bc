"""check_books() against the length of the past: seconds, and memory of the process that asks.

python -m bench books
"""

import os
import subprocess
import sys
import time

from bench.sizes import SIZES
from bench.table import Row, say

MIB = 1024  # wait4 counts in KiB


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


def _run_command(url):
    """Return the seconds and the largest memory in MiB of `manage.py check_books` in a process of its own."""
    from django.conf import settings

    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    began = time.perf_counter()
    command = subprocess.Popen([sys.executable, "manage.py", "check_books"], env=environment, cwd=settings.BASE_DIR)
    _, status, used = os.wait4(command.pid, 0)
    command.returncode = os.waitstatus_to_exitcode(status)
    if command.returncode:
        raise RuntimeError(f"check_books ended with {command.returncode}")
    return time.perf_counter() - began, used.ru_maxrss / MIB
