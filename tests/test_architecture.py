"""The house rules, read from the source: imports run one way, money moves in one place, pages stay free of inline code.

Each rule is a function from a path and its source to what it found, so that a planted breach can show that it bites.
"""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

from config.bundles import BUNDLES, sources_of

pytestmark = pytest.mark.once

ROOT = Path(settings.BASE_DIR)
# From the bottom to the top. A module imports its own app and those before it.
APPS = ["people", "wallet", "payouts", "live", "config"]
# Inside an app, by the name of the file or of the package it is in; every other module holds verbs.
LAYERS = {"models": 0, "forms": 2, "views": 3, "admin": 3, "context": 3, "management": 3, "urls": 4}
VERBS = 1
# The packages of live/ by their nouns, from the bottom to the top. Packages of one row don't import each other.
ROOMS = [
    {"creators", "comments"},
    {"gifts", "feed"},
    {"totals"},
    {"sessions"},
    {"room"},
    {"streams", "overlay"},
    {"statements", "tracing", "demo"},
    {"desk", "own_data"},
]
# Modules that every package of live/ may import beside the packages below it.
BELOW_ROOMS = {"models", "faces", "triggers"}

WRITES = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create"}
MONEY_SQL = re.compile(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+\W*wallet_(transfer|account)\b", re.I)
# The views for providers' signed messages, and for the signed address that stops mails.
SIGNED_DOORS = {"wallet/views.py", "payouts/webhooks.py", "people/stopping.py"}
UNSAFE_MARKUP = {
    "markup marked as safe": r"\|\s*safe(seq)?\b|autoescape\s+off",
    "inline style": r"<style\b|\sstyle\s*=",
    "inline script": r"<script\b(?![^>]*(\bsrc=|type=.application/json\b))[^>]*>",
    "inline handler": r"<[^>]*\s(on[a-z]+|hx-on[\w:-]*|hx-vals\s*=\s*['\"]js)\s*(=(?!=)|:)",
    "file from elsewhere": r"<(script|link|img|iframe|source)\b[^>]*\b(src|href)\s*=\s*['\"]?(https?:)?//",
}


def project_modules():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def imports_of(source):
    """Each dotted name that the source imports, also inside functions: `from a.b import c` gives a.b.c."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def layer(dotted):
    parts = dotted.removesuffix(".py").replace("/", ".").split(".")
    return next((LAYERS[part] for part in parts[1:] if part in LAYERS), VERBS)


# --- Rules --------------------------------------------------------------------------------------


def against_the_order_of_apps(path, source):
    allowed = APPS[: APPS.index(path.split("/")[0]) + 1]
    for name in imports_of(source):
        if name.startswith("."):
            yield f"{path}: a relative import hides its app: {name}"
        elif name.split(".")[0] in APPS and name.split(".")[0] not in allowed:
            yield f"{path}: imports {name} from above"


def against_the_order_of_layers(path, source):
    for name in imports_of(source):
        if name.split(".")[0] not in APPS or layer(path) == layer("x.models"):
            continue
        if layer(name) > layer(path):
            yield f"{path}: imports {name} from above"


def room(dotted):
    """Return the row of a package of live/ in ROOMS, or None for everything else."""
    app, *rest = dotted.removesuffix(".py").replace("/", ".").split(".")
    return next((row for row, nouns in enumerate(ROOMS) if app == "live" and rest and rest[0] in nouns), None)


def against_the_order_of_rooms(path, source):
    if room(path) is None:
        return
    own = path.split("/")[1]
    for name in imports_of(source):
        app, *rest = name.split(".")
        if app != "live" or rest[0] == own or rest[0] in BELOW_ROOMS:
            continue
        if room(name) is None or room(name) >= room(path):
            yield f"{path}: imports {name}, which isn't below {own}"


def packages_without_a_place(path, source):
    """Each package of live/ says in its first line what it holds, and each package of verbs is in ROOMS."""
    app, *rest = path.split("/")
    if app != "live" or len(rest) < 2 or rest[0] in {"management", "migrations", "templatetags"}:
        return
    if layer(path) == VERBS and room(path) is None:
        yield f"{path}: {rest[0]} isn't in ROOMS"
    if rest[1:] == ["__init__.py"] and not ast.get_docstring(ast.parse(source)):
        yield f"{path}: the first line doesn't say what the package holds"


def module_file(dotted):
    """Return the file of the longest part of a dotted name that is a module, or None."""
    parts = dotted.split(".")
    paths = (ROOT.joinpath(*parts[:length]).with_suffix(".py") for length in range(len(parts), 1, -1))
    return next((path for path in paths if path.is_file()), None)


def models_that_know_verbs(path, source):
    """Models may use what is below them: a module that itself knows no model."""
    if layer(path) != layer("x.models"):
        return
    for name in imports_of(source):
        file = module_file(name)
        if name.split(".")[0] not in APPS or layer(name) == layer("x.models") or file is None:
            continue
        if any(layer(below) == 0 for below in imports_of(file.read_text()) if below.split(".")[0] in APPS):
            yield f"{path}: imports the verbs of {name}"


def money_moved_elsewhere(path, source):
    """Only wallet/ledger.py writes transfers and balances."""
    if path == "wallet/ledger.py" or "/migrations/" in path:
        return
    for node in ast.walk(ast.parse(source)):
        where = f"{path}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and MONEY_SQL.search(node.value):
            yield f"{where}: SQL that writes the books"
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Attribute) and target.attr == "balance" for target in targets):
                yield f"{where}: sets a balance"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.split(".")[-1] == "Transfer":
                yield f"{where}: makes a transfer"
            of_books = re.search(
                r"\b(Transfer|Account)\.objects\b|\btransfers(_in|_out)?\b|\b(debits|credits)\.", called
            )
            if called.split(".")[-1] in WRITES and of_books:
                yield f"{where}: {called}"
            if called.endswith(".update") and any(keyword.arg == "balance" for keyword in node.keywords):
                yield f"{where}: sets a balance"


def python_we_do_without(path, source):
    if Path(path).name in {"services.py", "utils.py", "helpers.py", "signals.py"}:
        yield f"{path}: name the noun or the verb"
    for name in imports_of(source):
        if name.split(".")[0] in APPS and "templatetags" in name.split("."):
            yield f"{path}: {name} is for templates; call the function behind it"
        if "signals" in name.split(".") or name.startswith("django.dispatch"):
            yield f"{path}: a signal, {name}"
        if name.split(".")[-1] in {"mark_safe", "SafeString", "SafeText"}:
            yield f"{path}: {name}"
        if name.endswith(".csrf_exempt") and path not in SIGNED_DOORS:
            yield f"{path}: csrf_exempt is for the signed messages of a provider"


def unsafe_markup(path, source):
    source = re.sub(r"{#.*?#}|{% comment .*?{% endcomment %}", "", source, flags=re.S)
    for what, pattern in UNSAFE_MARKUP.items():
        for match in re.finditer(pattern, source, flags=re.I):
            yield f"{path}: {what}: {match.group()[:80]}"


# --- The source keeps them ------------------------------------------------------------------------

PYTHON_RULES = [
    against_the_order_of_apps,
    against_the_order_of_layers,
    against_the_order_of_rooms,
    packages_without_a_place,
    models_that_know_verbs,
    money_moved_elsewhere,
    python_we_do_without,
]


@pytest.mark.parametrize("rule", PYTHON_RULES)
def test_source_keeps_rule(rule):
    modules = list(project_modules())
    assert len(modules) > 50
    assert [found for path, source in modules for found in rule(path, source)] == []


def test_templates_hold_no_inline_code():
    templates = sorted((ROOT / "templates").rglob("*.html"))
    assert len(templates) > 50
    assert [found for path in templates for found in unsafe_markup(path.name, path.read_text())] == []


def test_every_script_and_stylesheet_is_named_by_a_page():
    """A file that no page names fails no other test, because pages work without scripts."""
    pages = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    joined = {source.relative_to(ROOT / "static").as_posix() for name in BUNDLES for source in sources_of(name)}
    files = {f"{kind}/{path.name}" for kind in ("js", "css") for path in (ROOT / "static" / kind).iterdir()} - joined
    assert sorted(file for file in {*files, *BUNDLES} if file not in pages) == []


# --- Each rule can fail ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (against_the_order_of_apps, "wallet/coins.py", "from live.gifts import tap_gift"),
        (against_the_order_of_apps, "people/forms.py", "def f():\n    import wallet.ledger"),
        (against_the_order_of_apps, "live/gifts/taps.py", "from config import settings"),
        (against_the_order_of_apps, "live/gifts/taps.py", "from .models import Gift"),
        (against_the_order_of_layers, "wallet/recharges.py", "from wallet.views import start"),
        (against_the_order_of_layers, "live/gifts/taps.py", "from live.forms.tap import read_tap"),
        (against_the_order_of_layers, "live/forms/tap.py", "from live.views import room"),
        (against_the_order_of_layers, "live/views/room.py", "from live.urls import urlpatterns"),
        (against_the_order_of_rooms, "live/gifts/taps.py", "from live.feed.feed import newest_place"),
        (against_the_order_of_rooms, "live/totals/stats.py", "from live.sessions.goals import goal_of"),
        (against_the_order_of_rooms, "live/room/page.py", "def f():\n    from live.streams import hub"),
        (against_the_order_of_rooms, "live/streams/hub.py", "import live.demo.crowd"),
        (against_the_order_of_rooms, "live/sessions/sessions.py", "from live.worker import run_round"),
        (packages_without_a_place, "live/parties/parties.py", "def f(): pass"),
        (packages_without_a_place, "live/gifts/__init__.py", "# No docstring."),
        (models_that_know_verbs, "wallet/models.py", "from wallet.ledger import post"),
        (models_that_know_verbs, "live/models.py", "def f():\n    from wallet import ledger"),
        (models_that_know_verbs, "live/models/taps.py", "from live.gifts.taps import tap_gift"),
        (money_moved_elsewhere, "live/gifts/taps.py", "models.Transfer(amount=5)"),
        (money_moved_elsewhere, "live/gifts/taps.py", "Transfer.objects.create(amount=5)"),
        (money_moved_elsewhere, "live/gifts/taps.py", "Transfer.objects.filter(id=1).delete()"),
        (money_moved_elsewhere, "live/gifts/taps.py", "Account.objects.filter(name='a').update(balance=1)"),
        (money_moved_elsewhere, "live/gifts/taps.py", "account.balance += 5"),
        (money_moved_elsewhere, "live/gifts/taps.py", "accounts.update(balance=5)"),
        (money_moved_elsewhere, "live/gifts/taps.py", "cursor.execute('UPDATE \"wallet_account\" SET balance = 5')"),
        (money_moved_elsewhere, "live/gifts/taps.py", "cursor.execute(f'insert into wallet_transfer values ({x})')"),
        (python_we_do_without, "live/services.py", ""),
        (python_we_do_without, "wallet/utils.py", ""),
        (python_we_do_without, "live/gifts/limits.py", "from payouts.templatetags.money import usd"),
        (python_we_do_without, "live/apps.py", "from django.db.models.signals import post_save"),
        (python_we_do_without, "live/apps.py", "from django.dispatch import receiver"),
        (python_we_do_without, "live/comments/words.py", "from django.utils.safestring import mark_safe"),
        (python_we_do_without, "live/views/room.py", "from django.views.decorators.csrf import csrf_exempt"),
        (unsafe_markup, "room.html", "{{ name|safe }}"),
        (unsafe_markup, "room.html", "{% autoescape off %}"),
        (unsafe_markup, "room.html", '<p style="color: red">'),
        (unsafe_markup, "room.html", "<style>p {}</style>"),
        (unsafe_markup, "room.html", "<script>go()</script>"),
        (unsafe_markup, "room.html", '<button class="tap" onclick="go()">'),
        (unsafe_markup, "room.html", '<form hx-on::after-request="go()">'),
        (unsafe_markup, "room.html", '<script src="https://cdn.example/x.js"></script>'),
        (unsafe_markup, "room.html", '<link rel="stylesheet" href="//cdn.example/x.css">'),
    ],
)
def test_rule_finds_planted_breach(rule, path, source):
    assert list(rule(path, source))


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (against_the_order_of_apps, "live/gifts/taps.py", "from wallet import ledger"),
        (against_the_order_of_layers, "live/views/room.py", "from live.forms.tap import read_tap"),
        (against_the_order_of_rooms, "live/room/page.py", "from live.totals.gifters import Gifters"),
        (against_the_order_of_rooms, "live/room/page.py", "from live.models import Gift\nfrom live.faces import Face"),
        (against_the_order_of_rooms, "live/worker.py", "from live.statements.closed import close_months"),
        (packages_without_a_place, "live/gifts/__init__.py", '"""Gifts."""'),
        (packages_without_a_place, "live/views/room.py", ""),
        (models_that_know_verbs, "wallet/models.py", "from wallet.dated import DatedRow"),
        (models_that_know_verbs, "live/models/taps.py", "from live.feed.cursors import cursor_text"),
        (money_moved_elsewhere, "wallet/ledger.py", "Transfer.objects.create(amount=5)"),
        (money_moved_elsewhere, "wallet/history.py", "Transfer.objects.filter(amount=5)"),
        (python_we_do_without, "wallet/views.py", "from django.views.decorators.csrf import csrf_exempt"),
        (python_we_do_without, "payouts/webhooks.py", "from django.views.decorators.csrf import csrf_exempt"),
        (
            unsafe_markup,
            "room.html",
            '{# no style="" #}<script src="{% static "js/site.js" %}"></script><a href="https://a.example">',
        ),
    ],
)
def test_rule_lets_good_code_pass(rule, path, source):
    assert list(rule(path, source)) == []
