"""The site's own answers: is it up, is it ready, and what went wrong."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def healthz(request):
    """Say that the process is up."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request):
    """Say whether the database answers and has every migration."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InterfaceError):
        return _not_ready("the database doesn't answer")
    return _not_ready("migrations are waiting") if waiting else HttpResponse("ready\n", content_type="text/plain")


def csrf_failure(request, reason=""):
    """The form came without its token: most often a page that was open for long, or cookies are off.

    What takes a post leads a GET to the page with the form (people.answers.posted_from), so its address leads back.
    """
    return render(request, "403_csrf.html", status=403)


def server_error(request):
    """500; or 503 with Retry-After when the database is away, wherever it was noticed."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return database_away()
    return HttpResponse(render_to_string("500.html"), status=500)


def database_away():
    response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = "5"
    return response


def _not_ready(why):
    return HttpResponse(f"{why}\n", status=503, content_type="text/plain", headers={"Retry-After": "5"})
