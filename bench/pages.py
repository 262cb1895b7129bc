"""Lighthouse's marks of four pages on a phone, by its npm package. Needs Node and Chromium.

The site serves collected files, as in production; a quick run collects none. Lighthouse simulates a slow 4G connection
and a processor that is four times as slow. A mark is the median of several runs.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from django.utils import timezone

from bench.server import serving
from bench.sizes import IS_QUICK, SIZES
from bench.table import Row, say

BENCH = Path(__file__).resolve().parent
CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
METRICS = {
    "FCP": "first-contentful-paint",
    "LCP": "largest-contentful-paint",
    "TBT": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
}
QUIET = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
TAPS, COMMENT = 40, "The far shore, just like that, in three strokes"


def measure(server_url: str, url: str) -> Iterator[Row]:
    """Yield a row for each page and category."""
    if missing := what_is_missing():
        say(f"pages are not measured: {missing}")
        yield Row(f"pages ({missing})", None)
        return
    if not (BENCH / "node_modules" / "lighthouse").is_dir():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=BENCH, check=True)
    cookie, paths = build_pages()
    with tempfile.TemporaryDirectory() as folder:
        collected = "" if IS_QUICK else str(Path(folder) / "static")
        if collected:
            collect(url, collected)
        with serving(url, processes=1, BENCH_COLLECTED=collected) as port:
            for name, path in list(paths.items())[: SIZES.pages]:
                address = f"http://localhost:{port}{path}"
                reports = [run_lighthouse(address, cookie, Path(folder)) for _ in range(SIZES.page_runs)]
                yield from rows_of(name, reports)


def what_is_missing() -> str:
    """Return what must be installed before pages can be measured, in words; empty if nothing."""
    if not shutil.which("npm"):
        return "Node is not installed"
    return "" if _chromium() else "Chromium is not installed"


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


def build_pages() -> tuple[str, dict[str, str]]:
    """Make a live with gifts and comments; return the cookies of a viewer and the paths of the pages."""
    from bench.world import build_world, give_in_bulk, sign_in
    from live.comments.comments import write_comment
    from live.feed.tallies import tally_sessions
    from people.models import User

    session, people = build_world(12)
    User.objects.bulk_update(
        [User(pk=person.pk, avatar=avatar) for person, avatar in zip(people, _avatars(), strict=False)], ["avatar"]
    )
    now = timezone.now()
    give_in_bulk([session], people, TAPS, since=now - timedelta(minutes=9), until=now - timedelta(minutes=1))
    for person in people:
        write_comment(author=person, session_id=session.pk, comment_id=uuid4(), text=COMMENT)
    tally_sessions()
    room = f"/live/{session.pk}/"
    return sign_in(people[0]), {"room": room, "home": "/", "wallet": "/wallet/", "economy": "/economy/"}


def _avatars() -> list[str]:
    from people.text.names import AVATARS

    return [name for name, _ in AVATARS]


def collect(url: str, folder: str) -> None:
    """Collect the static files into a folder, compressed and named by their content."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=BENCH.parent, env=environment | {"BENCH_COLLECTED": folder}, check=True)


def run_lighthouse(address: str, cookie: str, folder: Path) -> dict[str, Any]:
    """Load a page once as a phone does and return Lighthouse's report."""
    headers = folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookie}))
    command = ["npx", "--no-install", "lighthouse", address, "--quiet", "--output=json", "--output-path=stdout"]
    command += [f"--extra-headers={headers}", f"--chrome-flags={QUIET}", "--no-enable-error-reporting"]
    environment = os.environ | {"CHROME_PATH": str(_chromium())}
    options = {"cwd": BENCH, "env": environment, "capture_output": True, "text": True, "timeout": 180}
    done = subprocess.run(command, check=False, **options)
    if done.returncode:
        # On a busy machine the browser may lose the beginning of a trace.
        done = subprocess.run(command, check=False, **options)
    if done.returncode:
        raise RuntimeError(f"Lighthouse didn't load {address}: {done.stderr[-500:]}")
    report = json.loads(done.stdout)
    if "runtimeError" in report:
        raise RuntimeError(f"Lighthouse didn't load {address}: {report['runtimeError']['message']}")
    return report


def rows_of(name: str, reports: list[dict[str, Any]]) -> Iterator[Row]:
    """Yield the median mark of each category. The row of performance names the metrics behind it too."""
    metrics = ", ".join(f"{short} {_median_metric(reports, audit)}" for short, audit in METRICS.items())
    for category, bound in CATEGORIES.items():
        mark = median(round(100 * report["categories"][category]["score"]) for report in reports)
        detail = metrics if category == "performance" else ", ".join(_failed_audits(reports, category))
        words = f"{name} on a phone, Lighthouse: {category}" + (f" ({detail})" if detail else "")
        yield Row(words, mark, at_least=bound)


def _failed_audits(reports: list[dict[str, Any]], category: str) -> list[str]:
    """Return the names of the audits that cost a report marks."""
    names = [audit["id"] for audit in reports[0]["categories"][category]["auditRefs"] if audit["weight"]]
    scores = {name: [report["audits"][name]["score"] for report in reports] for name in names}
    return [name for name in names if any(score is not None and score < 1 for score in scores[name])]


def _median_metric(reports: list[dict[str, Any]], audit: str) -> str:
    middle = sorted(reports, key=lambda report: report["audits"][audit]["numericValue"])[len(reports) // 2]
    return middle["audits"][audit]["displayValue"].replace("\xa0", " ")
