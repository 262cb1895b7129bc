"""Limits of texts: the browser's `maxlength` and the server count the same, in every form of every page."""

import re
from itertools import product

import pytest

from live.models import Creator, LiveSession, MutedWord
from people.text.counting import TypedField, composed, units
from tests.forms import Forms, sent
from tests.test_every_url import fill_in, moment, people  # noqa: F401
from tests.test_large_integers import WHO, client_for, routes_of

LISTS = {"/admin/live/gift/", "/admin/live/comment/", "/admin/live/livesession/"}
TOO_LONG = re.compile(r"at most [\d,]+ characters")
# One of each kind: of two code units, two characters that are one, one that is two in NFC, a line break, plain.
UNITS = ["😀", "e\u0301", "\u0958", "a\r\n", "a"]


def text_of(length, unit):
    """Return a text that a browser counts as so long."""
    filled = unit * (length // units(unit))
    return filled + "a" * (length - units(filled))


class Limits(Forms):
    """The forms of a page, and {name: maxlength} of each."""

    def __init__(self, html):
        self.limits = []
        super().__init__(html)

    def handle_starttag(self, tag, attributes):
        super().handle_starttag(tag, attributes)
        given = dict(attributes)
        if tag == "form":
            self.limits.append({})
        is_text = tag == "textarea" or (tag == "input" and given.get("type", "text") in {"text", "search"})
        if is_text and self.limits and given.get("name") and given.get("maxlength"):
            self.limits[-1][given["name"]] = (int(given["maxlength"]), tag)


def limited_fields(client, address, seen):
    """Yield (method, address, all fields, name, limit, whether it has lines) of the fields of a page, each once."""
    page = sent(client, "GET", address)
    forms = Limits("" if page.streaming else page.as_sent.decode("utf-8", "replace"))
    for (method, action, fields), limits in zip(forms.found, forms.limits, strict=True):
        for name, (limit, tag) in limits.items():
            known = (method, action or address, re.sub(r"\d+", "0", name))
            if known not in seen:
                seen.add(known)
                yield method, action or address, fields, name, limit, tag == "textarea"


def test_browser_and_server_count_a_text_alike():
    assert [units(unit) for unit in UNITS] == [2, 2, 1, 2, 1]
    assert units("👩‍👩‍👧") == 8
    assert composed("e\u0301") == "é"
    assert composed("\u0958") == "\u0958"

    field = TypedField(max_length=4)
    assert field.clean("😀😀") == "😀😀"
    for text in ("😀😀a", "     "):
        with pytest.raises(Exception, match="Use at most 4 characters; this has 5"):
            field.clean(text)


@pytest.mark.once
@pytest.mark.usefixtures("no_sidebar")
@pytest.mark.parametrize("group", WHO)
def test_every_field_takes_what_its_browser_lets_through_and_no_more(people, group, no_pace):  # noqa: F811
    clients, values = people
    wrong, seen = [], set()
    for route in routes_of(group):
        client = clients["nobody"] if group == "accounts" else client_for(clients, route, group)
        page = fill_in(route, values)
        for method, address, fields, name, limit, has_lines in limited_fields(client, page, seen):
            for unit, more in product(UNITS if has_lines else [*UNITS[:3], "a"], (0, 1)):
                data = {**fields, name: text_of(limit + more, unit)}
                # A search finds nothing, and a list of the admin cuts a reason that no browser sends.
                if method == "GET" or (more and name == "reason" and address in LISTS):
                    continue
                html = sent(client, method, address, data).as_sent.decode()
                is_refused = bool(TOO_LONG.search(html)) if not more else "rror" in html or "at most" in html
                if is_refused != bool(more):
                    wrong.append((address, name, unit, limit + more))
    assert {"product": 10, "admin": 15, "accounts": 1}[group] <= len(seen)
    assert wrong == [], "\n".join(map(repr, wrong))


def test_texts_of_the_whole_length_are_kept(people):  # noqa: F811
    clients, values = people
    cleo, live = clients["cleo"], LiveSession.objects.get(pk=values["session_id"])

    cleo.post("/live/studio/profile/", {"name": text_of(30, "😀"), "bio": text_of(200, "a\r\n")})
    cleo.post(f"/live/{live.pk}/change/", {"title": text_of(80, "\u0958")})
    cleo.post("/live/studio/words/", {"word": text_of(40, "\ufdfa")})
    creator = Creator.objects.get(handle=values["handle"])
    live.refresh_from_db()

    assert (creator.name, creator.bio) == ("😀" * 15, ("a " * 100).strip())
    assert live.title == "\u0958" * 80
    assert len(MutedWord.objects.get().word) == 720
