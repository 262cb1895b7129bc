"""Every address of the site for every person: the status of GET and POST, plain and with htmx.

The addresses come from the resolver, the expected answers from tests/every_url.csv; an address without a row fails.
A cell is a status; `in` is a redirect to log in. Columns: not signed in, Vera (the recharge and the tap are hers),
Mallory (a viewer), Cleo (the sessions, withdrawal and payout account are hers), Nova (another creator), Gone
(deactivated while signed in) and Otto (operator). A GET that writes is reported, and so is its answer to a person who
is signed in, if a cache or the Back button may store it.
"""

import csv
import re
import time
from itertools import product
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.apps import apps
from django.contrib.admin.utils import quote as quote_key
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from live.comments.comments import mute_author, write_comment
from live.desk.days import close_days
from live.overlay.overlays import make_overlay
from live.sessions.sessions import end_session
from payouts.models import ProviderHour
from payouts.withdrawals.withdrawals import quote, request_withdrawal
from people.mail.choices import SIGNER
from people.models import OperatorAction, PageVersion
from tests.factories import confirm, make_creator, make_payout_account, make_recharge, make_session, make_user, tap
from wallet.models import BooksCheck

TABLE = Path(__file__).with_name("every_url.csv")
ROLES = ["nobody", "vera", "mallory", "cleo", "nova", "gone", "otto"]
METHODS = ["GET", "POST", "HX GET", "HX POST"]
pytestmark = pytest.mark.once

# Answers in which nothing comes from a session: probes, and the feed, which is the same for everybody in a room.
OF_NOBODY = {
    "healthz",
    "readyz",
    "live/<uuid:session_id>/feed/",
    "economy/changes/feed/",
    "site.webmanifest",
    "robots.txt",
    "sitemap.xml",
    "sitemap/<slug:section>/",
}
SIGNED_IN = {"vera", "mallory", "cleo", "nova", "otto"}
WRITES = ("INSERT", "UPDATE", "DELETE")
# Tables that a GET may write: the session, as log-in pages do, and the limits of sign-in.
# Presence: a viewer who polls, an overlay that polls.
MAY_WRITE = ("people_browsersession", "site_cache", "SAVEPOINT", '"live_presence"')
MAY_WRITE += ('UPDATE "live_overlay" SET "heard_at"', 'UPDATE "live_livesession" SET "peak_viewers"')
# Places of taps, which the reader of a room assigns.
MAY_WRITE += ("INSERT INTO live_tapplace",)
# Notices that a person has looked at.
MAY_WRITE += ('UPDATE "people_notice" SET "read_at"',)


def every_route(resolver=None, before=""):
    """Yield the route of every address, as `live/<uuid:session_id>/tap/`."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from every_route(pattern, route)
        else:
            yield route


def group_of(route):
    return route.split("/")[0] if route.startswith(("accounts/", "admin/")) else "product"


def read_table():
    with TABLE.open(newline="") as file:
        return {(row["route"], row["method"]): row for row in csv.DictReader(file)}


@pytest.fixture
def moment():
    """Stop the clock for all requests: the month of a statement could end between two of them."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def people(db, moment, unwatched_templates):
    return make_people()


def make_people():
    """Make the seven clients, and the parameters of the addresses."""
    vera, mallory, gone = make_user("Vera", coins=500_000), make_user("Mallory", coins=1_000), make_user("Gone")
    otto = make_user("Otto", is_staff=True, is_superuser=True)
    confirm(make_recharge(vera))
    cleo, nova = make_creator("Cleo"), make_creator("Nova", followers=0)
    ended = make_session(cleo, title="Last week")
    tap(vera, ended, gift_slug="supernova", quantity=40)
    end_session(ended, by="creator")
    live = make_session(cleo)
    given = tap(vera, live)
    said = write_comment(author=vera, session_id=live.pk, comment_id=uuid4(), text="Bravo").comment
    account = make_payout_account(cleo.user)
    withdrawal = request_withdrawal(quote=quote(creator=cleo.user, account=account, cents=200_00), creator=cleo.user)
    users = {"vera": vera, "mallory": mallory, "cleo": cleo.user, "nova": nova.user, "gone": gone, "otto": otto}
    clients = {role: Client() for role in ROLES}
    for role, user in users.items():
        sign_in(clients[role], user)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    PageVersion.objects.create(slug="help", text="Ask us.", author=otto)
    close_days()
    ProviderHour.objects.create(provider="sandbox", hour=timezone.now(), calls=1)
    BooksCheck.objects.create(discrepancies=0, by="the worker")
    OperatorAction.objects.create(user=otto, action_flag=2, object_repr="Vera", change_message="Ended. Reason: Rules")
    return clients, {
        "session_id": live.pk,
        "ended_id": ended.pk,
        "tap_id": vera.taps.get(pk=given.id).tap_id,
        "recharge_id": make_recharge(vera).pk,
        "paid_id": vera.recharges.get(coins=500_000).pk,
        "withdrawal_id": withdrawal.pk,
        "account_id": account.pk,
        "comment_id": said.comment_id,
        "muted_id": mute_author(said).pk,
        "handle": cleo.handle,
        "token": make_overlay(cleo).token,
        "provider": "sandbox",
        "signed": SIGNER.sign_object([vera.pk, "lives"]),
        "slug": "no-such-mail",
        "section": "creators",
        "year": ended.started_at.year,
        "month": ended.started_at.month,
        "pk": 1,
    }


def sign_in(client, user):
    """Log in a moment ago, so that no page asks for the password again."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    record = {"method": "password", "at": time.time(), "email": user.email, "reauthenticated": True}
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record]
    session[f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"] = str(user.pk)
    session.save()


def fill_in(route, values):
    """Return the address with its parameters filled in; in the admin, with the first object of the model."""
    route = re.sub(r"\^?\(\?P<app_label>.*", "live/", route).replace("(?P<url>.*)$", "no-such-page")
    parts = route.split("/")
    for place, part in enumerate(parts):
        name = part.strip("@<>").split(":")[-1]
        if part.startswith(("<", "@<")):
            if (route.startswith("live/") and parts[-2] in {"summary", "thanks"}) or "diamonds/" in route:
                name = "ended_id"
            if "/money/" in route and name in {"recharge_id", "session_id"}:
                name = "paid_id" if name == "recharge_id" else "ended_id"
            parts[place] = part[: part.index("<")] + str(values[name] if name in values else first_key(parts[1:3]))
    return "/" + "/".join(parts)


def first_key(model):
    """Return the key of the first object of a model of the admin as its addresses write it; 1 if there is none."""
    known = model[0] in apps.app_configs and model[1] in apps.get_app_config(model[0]).models
    first = apps.get_model(*model).objects.order_by("pk").first() if known else None
    return str(quote_key(first.pk)) if first else "1"


def answer(client, method, address, *, is_private=False):
    """Return the cell for one request and roll its changes back. A GET that writes, or is stored, is reported."""
    written = []

    def watch(execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(WRITES) and not any(name in sql for name in MAY_WRITE):
            written.append(sql[:80])
        return execute(sql, params, many, context)

    headers = {"HX-Request": "true"} if method.startswith("HX") else {}
    cookies = client.cookies.copy()
    with transaction.atomic(), connection.execute_wrapper(watch):
        response = client.generic(method.split()[-1], address, headers=headers)
        transaction.set_rollback(True)
    client.cookies = cookies
    if method.endswith("GET") and written:
        return f"wrote {written[0]}"
    if "/accounts/login/" in response.headers.get("Location", "") + response.headers.get("HX-Redirect", ""):
        return "in"
    if is_private and response.status_code == 200 and "no-store" not in response.headers.get("Cache-Control", ""):
        return "200 stored"
    return str(response.status_code)


# Separate tests, so that workers can run them in parallel.
PARTS = [("product", method) for method in METHODS] + list(product(["accounts", "admin"], METHODS[:2]))


@pytest.mark.parametrize(("group", "method"), PARTS)
def test_every_address_answers_everybody_as_the_table_says(people, group, method):
    clients, values = people
    table, wrong = read_table(), []
    for route in dict.fromkeys(every_route()):
        if group_of(route) != group:
            continue
        address = fill_in(route, values)
        private = SIGNED_IN if method == "GET" and route not in OF_NOBODY else ()
        found = {role: answer(clients[role], method, address, is_private=role in private) for role in ROLES}
        expected = table.get((route, method))
        if expected is None or any(expected[role] != found[role] for role in ROLES):
            wrong.append(",".join([route, method, *found.values()]))
    assert wrong == [], "\n" + "\n".join(wrong)


def test_table_has_no_row_for_an_address_that_is_gone():
    assert {route for route, _ in read_table()} <= set(every_route())


def test_no_post_is_accepted_without_its_token(people):
    """Providers' addresses and the one that stops mails check a signature. The health checks accept no POST at all."""
    clients, values = people
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = clients["otto"].cookies
    accepted = []
    for route in dict.fromkeys(every_route()):
        with transaction.atomic():
            status = strict.post(fill_in(route, values)).status_code
            transaction.set_rollback(True)
        if status not in (403, 405):
            accepted.append(route)
    assert accepted == ["mail/stop/<str:signed>/", "wallet/callbacks/<slug:provider>/", "payouts/webhooks/paypal/"]
