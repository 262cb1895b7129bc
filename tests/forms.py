"""The forms of a page, requests that leave nothing behind, and the names that a view reads."""

from html.parser import HTMLParser
from unittest import mock
from urllib.parse import urlencode

from django.db import transaction
from django.http import QueryDict


class Forms(HTMLParser):
    """Collects the forms of a page: (method, address, {name: value})."""

    def __init__(self, html):
        super().__init__()
        self.found, self.select, self.area = [], None, None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            address = (attributes.get("action") or "").partition("#")[0]
            self.found.append(((attributes.get("method") or "get").upper(), address, {}))
        elif tag == "select":
            self.select = attributes.get("name")
        elif tag == "textarea":
            self.area = attributes.get("name")
            self.note(self.area, "")
        elif tag == "option" and self.select:
            self.choose(attributes)
        elif tag in {"input", "button"}:
            self.type_into(attributes)

    def choose(self, option):
        """Return the selected option, as a browser sends it; if none is, the first that isn't empty."""
        if "selected" in option or not self.value_of(self.select):
            self.note(self.select, option.get("value") or "")

    def type_into(self, field):
        is_box = field.get("type") in {"radio", "checkbox"}
        if is_box and "checked" not in field and self.value_of(field.get("name")):
            return
        self.note(field.get("name"), field.get("value") or ("on" if is_box else ""))

    def handle_data(self, data):
        if self.area:
            self.note(self.area, data.strip())
            self.area = None

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None

    def value_of(self, name):
        return self.found[-1][2].get(name) if self.found else None

    def note(self, name, value):
        if name and self.found:
            self.found[-1][2][name] = value


def sent(client, method, address, data=None):
    """Send a request and undo its changes: rows, and cookies, which a log-out would delete."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        body = urlencode(data or {}, doseq=True)
        response = client.generic(method, address, body, "application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


class Reading:
    """Notes the names that views read from a query or a form, while it is open; without `contained`, only values."""

    def __init__(self, *, contained=True):
        self.methods = ["get", "getlist", "__getitem__"] + ["__contains__"] * contained

    def __enter__(self):
        self.names = set()
        self.patches = [
            mock.patch.object(QueryDict, method, self.noting(getattr(QueryDict, method))) for method in self.methods
        ]
        self.patches.append(mock.patch.object(QueryDict, "lists", self.noting_all(QueryDict.lists)))
        for patch in self.patches:
            patch.start()
        return self

    def __exit__(self, *_):
        for patch in self.patches:
            patch.stop()

    def noting(self, original):
        def read(data, name, *rest, **options):
            self.names.add(name)
            return original(data, name, *rest, **options)

        return read

    def noting_all(self, original):
        def read(data):
            self.names |= set(data)
            return original(data)

        return read
