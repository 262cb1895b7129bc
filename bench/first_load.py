"""The room's first load: compressed bytes on the wire, and SQL queries."""

import re
from pathlib import Path

import brotli
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.table import Row
from people.brand import site_brand

ALREADY_COMPRESSED = {".woff2", ".png", ".ico"}


def measure_first_load(url, session, viewer):
    """Yield rows for the room's first load by a signed-in viewer."""
    client = client_of(viewer)
    # A process reads the brand once in ten seconds, for all its pages.
    site_brand()
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"/live/{session.pk}/").content.decode()
    parts = {"the page": len(brotli.compress(page.encode(), quality=5))}
    for path in _files_of(page):
        kind = Path(path).suffix.lstrip(".")
        parts[kind] = parts.get(kind, 0) + _compressed_size(path)
    total = sum(parts.values()) / 1024
    detail = ", ".join(f"{name} {size / 1024:.1f}" for name, size in parts.items())
    yield Row(f"the room's first load, KiB compressed ({detail})", total, at_most=75)
    yield Row("the room's first load, SQL queries", len(queries), at_most=7)


def count_queries(session, viewer):
    """Return {page: SQL queries} of a tap, the room and Live Gifts."""
    from uuid import uuid4

    tap = {"gift": "panda", "quantity": 1, "price": 5, "tap_id": str(uuid4())}
    viewer, creator = client_of(viewer), client_of(session.creator.user)
    requests = {
        "tap": lambda: viewer.post(f"/live/{session.pk}/tap/", tap, headers={"HX-Request": "true"}),
        "room": lambda: viewer.get(f"/live/{session.pk}/"),
        "Live Gifts": lambda: creator.get("/payouts/"),
    }
    counts = {}
    for name, send in requests.items():
        with CaptureQueriesContext(connection) as queries:
            assert send().status_code == 200
        counts[name] = len(queries)
    return counts


def client_of(user):
    from bench.world import sign_in

    client = Client(HTTP_HOST="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = sign_in(user).split(";")[0].partition("=")[2]
    return client


def _files_of(page):
    """Return the static files that a browser loads at once: styles, scripts, eager pictures, preloaded fonts.

    The other fonts are for letters that few pages have (`unicode-range`), and loaded for these alone.
    """
    eager = [tag for tag in re.findall(r"<(?:link|script|img)\b[^>]*>", page) if 'loading="lazy"' not in tag]
    paths = {found for tag in eager for found in re.findall(r'(?:href|src)="/static/([^"?#]+)', tag)}
    icons = {path for path in paths if "favicon" in path or path.endswith((".webmanifest", ".png"))}
    return sorted(paths - icons)


def _compressed_size(path):
    content = Path(finders.find(path)).read_bytes()
    return len(content) if Path(path).suffix in ALREADY_COMPRESSED else len(brotli.compress(content, quality=11))
