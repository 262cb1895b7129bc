"""The scripts' events: each is named in its script's header, and docs/room.md lists those of the room.

The scripts import nothing of each other, so only prose says which script hears which event.
"""

import re

import pytest
from django.conf import settings

from config.bundles import BUNDLES, sources_of

pytestmark = pytest.mark.once

SCRIPTS = settings.BASE_DIR / "static" / "js"
FRAGMENTS = settings.BASE_DIR / "templates" / "live" / "room"
DOCUMENT = (settings.BASE_DIR / "docs" / "room.md").read_text()
PAGES = ["page.html", "_delayed.html"]
EVENT = re.compile(r"""["'`]((?:feed|board|tap|delay|room|again|overlay|htmx):[\w-]+)["'`]""")
# The prefix that the tell() of a script puts before its names.
TELLS = {"tap.js": "tap"}
# The htmx of the studio swaps it.
SWAPPED_BY_HTMX = {"_title.html"}


def events_of(name):
    """Return the names of the custom events that a script sends and listens to."""
    source = (SCRIPTS / name).read_text()
    code = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith("//"))
    found = set(EVENT.findall(code))
    if name in TELLS:
        found |= {f"{TELLS[name]}:{word}" for word in re.findall(r'\btell\("(\w+)"', code)}
    return found | ({"beat"} if '"beat"' in code else set())


def header_of(name):
    """Return the comment at the top of a script."""
    lines = (SCRIPTS / name).read_text().splitlines()
    end = next(number for number, line in enumerate(lines) if not line.startswith("//"))
    return "\n".join(lines[:end])


def scripts_of_the_room():
    pages = "".join((FRAGMENTS / page).read_text() for page in PAGES)
    named = set(re.findall(r"static '(js/\w+\.js)'", pages))
    joined = {source.name for name in named & BUNDLES.keys() for source in sources_of(name)}
    return sorted(joined | {name.removeprefix("js/") for name in named - BUNDLES.keys()})


@pytest.mark.parametrize("name", sorted(path.name for path in SCRIPTS.glob("*.js")))
def test_header_of_a_script_names_its_events(name):
    header = header_of(name)
    assert [event for event in sorted(events_of(name)) if event not in header] == []


def test_document_lists_every_script_of_the_room():
    listed = set(re.findall(r"^\| `(\w+\.js)`", DOCUMENT, re.M))
    assert set(scripts_of_the_room()) <= listed


def test_document_lists_the_events_of_the_room_and_no_other():
    sent_or_heard = set().union(*map(events_of, scripts_of_the_room()))
    assert set(re.findall(r"^\| `((?:\w+:[\w-]+)|beat)` \|", DOCUMENT, re.M)) == sent_or_heard


@pytest.mark.parametrize("path", sorted(FRAGMENTS.glob("*.html")), ids=lambda path: path.name)
def test_fragment_of_the_room_holds_no_swap_that_nothing_reads(path):
    assert "hx-swap-oob" not in path.read_text() or path.name in SWAPPED_BY_HTMX
