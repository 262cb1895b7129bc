"""Words about money come from the books: after it has moved, no page repeats what its address claims.

Every page is opened plainly, and with false values for every parameter that a module reads from an address. What the
second page says beyond the first may neither hold such a value nor deny what happened.
"""

import ast
import inspect
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from django import forms
from django.utils.html import strip_tags

from payouts.models import Quote
from tests.factories import make_user
from tests.test_every_url import every_route, fill_in, moment, people  # noqa: F401
from tests.test_large_integers import Reading

pytestmark = pytest.mark.once
ROOT = Path(__file__).parent.parent
APPS = ("people", "wallet", "payouts", "live")
# The people who try to open a page, in this order. Coins are Vera's, diamonds Cleo's.
READERS = ("cleo", "vera", "otto")
READERS_OF_COINS = ("vera", "cleo", "otto")
WORD, NUMBER = "Zork77", "77777777"
DENIES = re.compile(r"(?i)\b(nothing|never|no|not|wasn.t|isn.t|hasn.t|haven.t)\b.*(withdr|charged|debited|paid|sent\b)")
# Pages that answer what their address asks: coins at today's rates, people by name, an operator's search, and a tap
# looked up by its id, which tests/live/gifts/test_tap_view.py proves.
ANSWERS = {
    "economy/": {"coins"},
    "live/studio/supporters/": {"name"},
    "live/<uuid:session_id>/": {"unsent"},
    "admin/search/": {"q"},
}
# These parameters select another document than the page.
OTHER_DOCUMENTS = {"format"}


@cache
def parameters():
    """Return the names of all parameters that code reads from an address: by name, or through a form."""
    names = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                names |= _read_by_name(path.read_text()) | _read_by_forms(path)
    return frozenset(names - OTHER_DOCUMENTS)


def _read_by_name(source):
    return {
        name
        for pattern in (r'GET\.get\(\s*"(\w+)"', r'"(\w+)" in request\.GET', r'GET\["(\w+)"\]')
        for name in re.findall(pattern, source)
    }


def _read_by_forms(path):
    """Return the fields of every form that is given request.GET, or a parameter that may be it."""
    names, source = set(), path.read_text()
    if "request.GET" not in source:
        return names
    module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        given = {ast.unparse(argument) for argument in call.args}
        if not any("request.GET" in one or one == "values" for one in given):
            continue
        form = getattr(module, ast.unparse(call.func).removesuffix(".of"), None)
        if inspect.isclass(form) and issubclass(form, forms.BaseForm):
            names |= set(form.base_fields)
    return names


def lies(confirmed_quote):
    """Return false values for every parameter: a word, a number, and what would be true of another moment."""
    known = {"confirmed": "1", "to_withdraw": "1", "next": "/live/", "unsent": uuid4(), "quote": confirmed_quote}
    number = {"for", "amount", "coins", "account", "after", "before", "besides", "page", "seen"}
    return {name: known.get(name, NUMBER if name in number else WORD) for name in parameters()}


def said(response):
    """Return the sentences that a reader sees."""
    page = re.sub(r"(?s)<(script|style|head|svg)\b.*?</\1>", " ", response.text)
    return {
        " ".join(strip_tags(part).split()) for part in re.split(r"</?(?:p|div|h\d|li|dd|dt|td|th|label|small)\b", page)
    }


def wrong(before, after):
    """Return the sentences that only the address brought and that hold its values or deny something."""
    marks = (WORD, NUMBER, f"{int(NUMBER):,}", f"{int(NUMBER)}.00")
    return sorted(new for new in after - before if any(mark in new for mark in marks) or DENIES.search(new))


def test_parameters_are_found():
    assert {
        "confirmed",
        "amount",
        "account",
        "quote",
        "for",
        "what",
        "next",
        "package",
        "gift",
        "unsent",
        "page",
    } <= set(parameters())
    assert {"coins", "after", "before", "first", "last"} <= set(parameters())


# Some values hide what others bring: pages that read these are opened without them too.
LEFT_OUT = [(), ("quote", "unsent"), ("confirmed", "quote", "unsent", "gift")]


def test_no_page_repeats_what_its_address_claims(people):  # noqa: F811
    clients, values = people
    every = lies(Quote.objects.get().pk)
    found, opened = [], 0
    for route in dict.fromkeys(every_route()):
        address = fill_in(route, values)
        for role in READERS_OF_COINS if route.startswith("wallet/") else READERS:
            plain = clients[role].get(address)
            if plain.status_code == 200 and plain.headers["Content-Type"].startswith("text/html"):
                opened += 1
                before = set() if plain.streaming else said(plain)
                read = set()
                for left_out in LEFT_OUT if not plain.streaming else ():
                    if left_out and read.isdisjoint(left_out):
                        continue
                    silent = ANSWERS.get(route, set()).union(left_out)
                    asked = {name: value for name, value in every.items() if name not in silent}
                    with Reading() as reading:
                        page = clients[role].get(address, asked, follow=True)
                    read |= reading.names
                    found += [f"{route} without {left_out}: {sentence}" for sentence in wrong(before, said(page))]
                break

    assert found == []
    assert opened > 60


def test_sentences_that_deny_are_noticed():
    assert wrong(set(), {"Thank you. Nothing has been withdrawn yet: review the amount."})
    assert wrong(set(), {f"{int(NUMBER):,} more are needed"}) and wrong(set(), {f"Covers {WORD}"})
    assert not wrong(set(), {"You have 5,000 coins."})


@pytest.mark.django_db
def test_pages_of_somebody_signed_in_are_loaded_anew_when_they_come_from_the_browsers_memory(client):
    vera = make_user("Vera", coins=100)
    page = client.get("/")

    assert "data-fresh" not in page.text

    client.force_login(vera)

    for page in ("/", "/wallet/", "/wallet/recharge/", "/wallet/history/", "/payouts/", "/payouts/accounts/"):
        shown = client.get(page)

        assert "data-fresh>" in shown.text
