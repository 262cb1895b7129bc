"""The site's own answers: is it up, is it ready, and what went wrong."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from config.static_files import NotCollected, files_not_collected
from people.outages import is_outage, is_read_only


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process is up."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether static files are collected, the database answers, can be written to, and has every migration."""
    if missing := files_not_collected():
        return _not_ready(f"{len(missing)} static files aren't collected, for example {missing[0]}")
    try:
        if _is_standby():
            return _not_ready("the database is read-only: a standby")
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InterfaceError):
        return _not_ready("the database doesn't answer")
    return _not_ready("migrations are waiting") if waiting else HttpResponse("ready\n", content_type="text/plain")


def _is_standby() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only') = 'on'")
        return cursor.fetchone()[0]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token: most often the page was open for long, or cookies are off.

    A view for posts redirects a GET to the page with the form (people.answers.posted_from), so its address leads back.
    """
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer with 500, or with 503 and Retry-After while the database can't serve or static files are missing."""
    error = sys.exc_info()[1]
    try:
        return _answer_to(error, request)
    except NotCollected:
        # Every other error page has pictures and a stylesheet, so it can't be rendered either.
        response = HttpResponse(render_to_string("not_collected.html"), status=503)
        response["Retry-After"] = "60"
        return response


def _answer_to(error: BaseException | None, request: HttpRequest) -> HttpResponse:
    if isinstance(error, NotCollected):
        raise error
    if not is_outage(error):
        return HttpResponse(render_to_string("500.html"), status=500)
    if is_read_only(error) and (pool := getattr(connection, "pool", None)):
        # The next request connects again: behind the same name the primary may be another server by now.
        pool.drain()
    return database_away(request)


def database_away(request: HttpRequest) -> HttpResponse:
    """Answer with 503. A form may have been saved: the answer to a COMMIT can be lost with the connection."""
    may_have_arrived = request.method not in ("GET", "HEAD")
    response = HttpResponse(render_to_string("503.html", {"may_have_arrived": may_have_arrived}), status=503)
    response["Retry-After"] = "5"
    return response


def _not_ready(why: str) -> HttpResponse:
    return HttpResponse(f"{why}\n", status=503, content_type="text/plain", headers={"Retry-After": "5"})
