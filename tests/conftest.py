"""Fixtures for every test. The cast (Vera, Cleo, Otto, Mallory) is made by tests/factories.py."""

import gc
import os
import re
import shutil
from math import inf
from urllib.request import urlopen

import hypothesis
import pytest
from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.db.migrations import Migration
from django.template import Template
from django.test import Client, TransactionTestCase
from django.test.signals import template_rendered
from playwright.sync_api import expect

from people.brand import Kept, SiteBrand
from tests.databases import (
    Migrated,
    disconnect_others,
    let_flush_put_back_the_start,
    without_models,
    without_server_cursors,
)
from tests.e2e.accessibility import break_no_rule
from tests.operator import make_operator
from tests.reading import shown

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
# The same engine without windows: a new context takes a quarter of the processor's time.
HEADLESS = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or CHROMIUM
NO_CHROMIUM = "Chromium is not installed. On Debian: apt-get install chromium fonts-noto-color-emoji"
DATABASE = {"db", "transactional_db", "live_server"}
A_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

hypothesis.settings.register_profile("ovation", deadline=None, print_blob=True)
hypothesis.settings.load_profile("ovation")


def pytest_configure(config):
    # Playwright runs an event loop in the test's thread, so Django would refuse every query as an async one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    Client.request = shown(Client.request)
    Migration.mutate_state = without_models(Migration.mutate_state)


def pytest_collection_modifyitems(items):
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker("e2e")
        if not uses_database(item) and "postgres" not in item.keywords:
            item.add_marker("once")
        if "postgres" in item.keywords and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="needs PostgreSQL: TEST_DATABASE=postgres"))
        if "once" in item.keywords and on_postgres:
            item.add_marker(pytest.mark.skip(reason="proves the same on any database"))
        if "e2e" in item.keywords and not CHROMIUM and os.environ.get("BROWSER_TESTS") != "required":
            item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def uses_database(item):
    """Return whether a test has a database: by its mark, by a fixture, or as a test case of Django's."""
    is_of_django = item.cls is not None and issubclass(item.cls, TransactionTestCase)
    has_mark = item.get_closest_marker("django_db") is not None
    return is_of_django or has_mark or not DATABASE.isdisjoint(item.fixturenames)


def pytest_collection_finish():
    """Leave modules and collected tests out of garbage collections: each of them took a quarter of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_make_parametrize_id(val):
    """Replace UUIDs in the names of tests: they are random, and all workers must collect the same names."""
    if isinstance(val, str) and A_UUID.search(val):
        return A_UUID.sub("uuid", val)


# --- The database -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def migrated():
    return Migrated()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings, migrated):
    """Keep a copied database; it is removed with its process's directory."""
    return migrated.take() or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, migrated, django_db_blocker):
    with django_db_blocker.unblock():
        migrated.leave()
        restore = let_flush_put_back_the_start()
    yield
    restore()
    with django_db_blocker.unblock():
        disconnect_others()


@pytest.fixture(autouse=True)
def empty_cache():
    """Empty the cache: it has the counts of sign-in limits, which would add up across tests."""
    cache.clear()


@pytest.fixture(autouse=True)
def brand_that_comes_along():
    """Keep the brand in the process, so that no page's number of queries depends on the clock."""
    Kept.brand, Kept.until = SiteBrand(), inf


@pytest.fixture
def no_pace(settings):
    """Turn the pace limits off, for a test that posts more often than one person may."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture(scope="session", autouse=True)
def watched_pages(django_test_environment):
    """Copy the context of a page alone for `response.context`: Django copies it for each part that a page includes."""
    Template._render = render_and_note_page


def render_and_note_page(template, context):
    if context.template is template:
        template_rendered.send(sender=template, template=template, context=context)
    return template.nodelist.render(context)


@pytest.fixture
def unwatched_templates(monkeypatch):
    """Render as a server does, for a walk over many pages: no context is copied, not even a page's or a widget's."""
    monkeypatch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))


@pytest.fixture
def no_sidebar(monkeypatch):
    """Leave out the list of models beside each page of the admin: no view gives it a value that a person typed."""
    monkeypatch.setattr(admin.site, "enable_nav_sidebar", False)


@pytest.fixture(autouse=True)
def books(request):
    """Check the books after every test with transfers, unless it is marked `spoils_books`."""
    names = set(request.fixturenames)
    if request.node.get_closest_marker("django_db") is None and names.isdisjoint(DATABASE):
        yield
        return
    request.getfixturevalue("transactional_db" if names & {"transactional_db", "live_server"} else "db")
    yield
    if request.node.get_closest_marker("spoils_books") or (connection.in_atomic_block and connection.needs_rollback):
        return
    from wallet.books import check_books
    from wallet.models import Transfer

    if Transfer.objects.exists():
        with without_server_cursors():
            assert check_books() == []


# --- Otto ---------------------------------------------------------------------------------------


@pytest.fixture
def otto(client):
    """An operator, who has signed in with `client`."""
    otto = make_operator()
    client.force_login(otto)
    return otto


# --- The browser --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    assert HEADLESS, NO_CHROMIUM
    quiet = ["quic", "background-networking", "component-update", "sync"]
    # A fake camera and microphone; pages get them once a test grants the permission.
    camera = "--use-fake-device-for-media-stream"
    return {
        **browser_type_launch_args,
        "executable_path": HEADLESS,
        "args": ["--no-sandbox", "--disable-gpu", "--no-first-run", camera, *(f"--disable-{name}" for name in quiet)],
    }


@pytest.fixture(scope="session")
def whole_browser(launch_browser):
    """Launch Chromium with windows, for what they alone have: permissions that are asked for, sites to install."""
    assert CHROMIUM, NO_CHROMIUM
    browser = launch_browser(executable_path=CHROMIUM)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def warm_server(live_server, django_db_blocker):
    """Load a first page: it imports every view and compiles templates, which must not count in a test's timeout."""
    with django_db_blocker.unblock(), urlopen(f"{live_server.url}/accounts/login/") as page:
        assert page.status == 200
    return live_server


@pytest.fixture
def live_url(warm_server, live_server):
    """Return the server's address with `localhost`: passkeys work for no IP address."""
    return live_server.url.replace("127.0.0.1", "localhost")


# A long timeout: a busy machine must fail no test. Tests about time measure it themselves.
PATIENCE_MS = 20_000


# Decoration that never stops moving is drawn 60 times a second by the processor: a quarter of it for each open room.
# No test is about it. A style sheet made by a script is no inline style, so the Content-Security-Policy allows it.
STILL = """
const still = new CSSStyleSheet();
still.replaceSync(".stage.live > :is(.beam, .floor, .act), .thrown, .thanks-gift { animation: none !important }");
document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
"""


@pytest.fixture
def open_page(new_context, live_url):
    """Yield a function that opens a page. Afterwards assert that no page had a script error or a blocked resource."""
    expect.set_options(timeout=PATIENCE_MS)
    complaints = []

    def hear(message):
        # Chromium also reports every answer of 400 or more here, which tests provoke on purpose.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def open_(width, height, **options):
        context = new_context(base_url=live_url, viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(STILL)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_
    assert complaints == []


@pytest.fixture
def phone(open_page):
    return open_page(390, 844, has_touch=True, is_mobile=True)


@pytest.fixture
def desktop(open_page):
    return open_page(1280, 860)


@pytest.fixture
def axe():
    """`axe(page)` fails with every accessibility rule that the page breaks in light and dark, and where."""
    return break_no_rule


@pytest.fixture
def look():
    """`look(page)` puts a page that is open through axe on a phone and a desktop; it mustn't scroll sideways either."""

    def look_at_every_size(page, **options):
        before = page.viewport_size
        # An element may be visible before its style sheet has come.
        page.wait_for_load_state()
        for width, height in ((390, 844), (1280, 860)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{page.url} scrolls sideways"
            break_no_rule(page, **options)
        page.set_viewport_size(before)

    return look_at_every_size
