"""Integers larger than a column can hold, in every address, query and form: an answer in words, never a 500.

Addresses come from the resolver. The names of a query are those that the view reads. The forms are those of the pages,
with the values that they are rendered with, so that one number at a time is wrong.
"""

import re
from itertools import product
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import ForeignKey, IntegerField, ManyToManyField
from django.forms import formsets
from django.urls import reverse

from live.models import Creator
from tests.forms import Forms, Reading, sent
from tests.test_every_url import every_route, fill_in, group_of, moment, people  # noqa: F401

# Above a column of 32 bits, above and below one of 64, far above, and more digits than Python reads.
ADDRESSED = [str(number) for number in (2**31, 2**63, -(2**63) - 1, 10**30)]
TYPED = [str(2**31), str(2**63)]
# Python refuses to read these digits before a query has them, so they prove the same on any database.
UNREADABLE = "9" * 5_000
pytestmark = pytest.mark.usefixtures("no_sidebar")
PARAMETER = re.compile(r"(?<!P)<(?:int|path|slug|uuid)?:?\w+>")
WHO = {"admin": "otto", "accounts": "vera", "product": "cleo"}


def asked(client, method, address, data=None):
    """Return the fault of the response: an exception, or a status of 500; None without one."""
    said = f"{method} {address[:140]} { {name: str(value)[:24] for name, value in (data or {}).items()} }"
    try:
        status = sent(client, method, address, data).status_code
    except Exception as error:
        return f"{said}: {type(error).__name__}: {str(error)[:140]}"
    return f"{said}: {status}" if status >= 500 else None


def typed():
    return TYPED if connection.vendor == "postgresql" else [*TYPED, UNREADABLE]


def routes_of(group):
    return [route for route in dict.fromkeys(every_route()) if group_of(route) == group]


def client_for(clients, route, group):
    return clients["vera" if route.startswith("wallet/") else WHO[group]]


@pytest.mark.parametrize("group", WHO)
def test_no_number_in_an_address_is_too_large(people, group):  # noqa: F811
    clients, values = people
    wrong = []
    for route in routes_of(group):
        for place in PARAMETER.finditer(route):
            for method, value in product(("GET", "POST"), ADDRESSED):
                filled = route[: place.start()] + value + route[place.end() :]
                wrong.append(asked(client_for(clients, route, group), method, fill_in(filled, values)))
    assert list(filter(None, wrong)) == []


@pytest.mark.parametrize("group", WHO)
def test_no_number_in_a_query_is_too_large(people, group):  # noqa: F811
    clients, values = people
    wrong = []
    for route in routes_of(group):
        client, address = client_for(clients, route, group), fill_in(route, values)
        with Reading() as reading:
            asked(client, "GET", address)
        for name, value in product(sorted(reading.names), typed()[1:]):
            wrong.append(asked(client, "GET", f"{address}?{urlencode({name: value})}"))
    assert list(filter(None, wrong)) == []


def forms_of(client, address):
    """Return the forms of a page, each with the address that it is sent to."""
    page = sent(client, "GET", address)
    html = "" if page.streaming else page.as_sent.decode("utf-8", "replace")
    return [(method, urlsplit(urljoin(address, action)).path, fields) for method, action, fields in Forms(html).found]


def without_repeats(forms, seen):
    """Yield each form and those of its fields that no form before had. Rows of a list are alike."""
    for method, target, fields in forms:
        names = []
        for name in fields:
            known = (method, target, re.sub(r"\d+", "0", name))
            if known not in seen:
                seen.add(known)
                names.append(name)
        if names:
            yield method, target, fields, names


def submitted(client, method, target, fields):
    if method == "GET":
        return asked(client, method, f"{target}?{urlencode(fields)}")
    return asked(client, method, target, fields)


@pytest.fixture
def short_formsets(monkeypatch):
    """Lower Django's cap of a formset's rows: a number of rows that is too large is cut to ten, not to a thousand."""
    monkeypatch.setattr(formsets, "DEFAULT_MAX_NUM", 10)


@pytest.mark.parametrize("group", WHO)
def test_no_number_in_a_form_is_too_large(people, group, short_formsets):  # noqa: F811
    """A field whose value no view reads, as a button's, is sent right once, and wrong never."""
    clients, values = people
    wrong, seen, read = [], set(), []
    for route in routes_of(group):
        client, address = client_for(clients, route, group), fill_in(route, values)
        for method, target, fields, names in without_repeats(forms_of(client, address), seen):
            with Reading(contained=False) as reading:
                wrong.append(submitted(client, method, target, fields))
            values_read = reading.names.intersection(names)
            for name, value in product(sorted(values_read), typed()):
                wrong.append(submitted(client, method, target, {**fields, name: value}))
            read += values_read
    assert {"accounts": 15, "product": 50, "admin": 150}[group] < len(seen)
    assert {"accounts": 8, "product": 40, "admin": 90}[group] < len(read)
    assert list(filter(None, wrong)) == []


def lists_of_the_admin():
    return {
        model: reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    }


def lookups_of(model):
    """Yield the lookups of an admin's list, for each number and each relation."""
    for field in model._meta.get_fields():
        if isinstance(field, IntegerField):
            yield from (field.name, f"{field.name}__in", f"{field.name}__gte")
        elif isinstance(field, ForeignKey | ManyToManyField):
            paths = [field.name, f"{field.name}__pk"]
            yield from (f"{path}__{ending}" for path, ending in product(paths, ("exact", "in", "gte", "lt", "range")))
    yield from ("pk__exact", "pk__in", "id__range", *"pqoe", "_to_field")


def test_no_number_in_a_list_of_the_admin_is_too_large(people):  # noqa: F811
    clients, _ = people
    wrong = []
    for model, address in lists_of_the_admin().items():
        for name in lookups_of(model):
            wrong.append(asked(clients["otto"], "GET", f"{address}?{urlencode({name: 2**63})}"))
    assert list(filter(None, wrong)) == []


def test_no_number_that_an_action_ticks_is_too_large(people):  # noqa: F811
    clients, _ = people
    wrong, found = [], []
    for model, address in lists_of_the_admin().items():
        if html_of_actions := re.findall(
            r'<option value="(\w+)"', sent(clients["otto"], "GET", address).content.decode()
        ):
            for action, ticked in product(html_of_actions, (2**63, 10**30, "x")):
                found.append((model, action))
                data = {"action": action, "_selected_action": [ticked], "reason": "Tidy", "index": 0}
                wrong.append(asked(clients["otto"], "POST", address, data))
    assert len(found) >= 6
    assert list(filter(None, wrong)) == []


def test_no_number_that_a_field_of_the_admin_looks_up_is_too_large(people):  # noqa: F811
    clients, _ = people
    wrong = []
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey | ManyToManyField):
                asks = {"app_label": model._meta.app_label, "model_name": model._meta.model_name}
                asks |= {"field_name": field.name, "term": 2**63, "page": 10**30}
                wrong.append(asked(clients["otto"], "GET", f"{reverse('admin:autocomplete')}?{urlencode(asks)}"))
    assert list(filter(None, wrong)) == []


def test_key_that_no_column_holds_is_no_row(people):  # noqa: F811
    clients, values = people
    creator = Creator.objects.get(handle=values["handle"])

    assert not Creator.objects.filter(pk=2**63).exists()
    assert not Creator.objects.filter(pk__gte=2**63).exists()
    assert Creator.objects.filter(pk__lt=2**63).count() == Creator.objects.count()
    assert Creator.objects.exclude(user=2**63).count() == Creator.objects.count()
    assert list(Creator.objects.filter(pk__in=[creator.pk, 2**63, -(2**63) - 1])) == [creator]

    statuses = [
        clients["otto"].get(f"/admin/live/creator/{2**63}/change/").status_code,
        clients["otto"].get(f"/admin/live/creator/?user__in={2**63}").status_code,
        clients["otto"].get("/admin/live/creator/?bio__regex=(").status_code,
    ]

    assert statuses == [302, 200, 400]


def test_passkey_that_cannot_be_read_is_refused_in_words(people):  # noqa: F811
    clients, _ = people

    for credential in ("9" * 5_000, "[" * 100_000, "{", str(2**63)):
        page = clients["vera"].post("/accounts/2fa/webauthn/add/", {"name": "Key", "credential": credential})

        assert page.status_code == 200
        assert "errorlist" in page.text, page.text
