"""Answers that views of every app give."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url

from people.refusals import Refusal

PathPart = str | int | UUID
View = Callable[..., HttpResponseBase]


def see_other(to: str, *args: PathPart, **kwargs: PathPart) -> HttpResponseRedirect:
    """Redirect after a form was posted: 303, so that the browser fetches the page and reloads don't post again."""
    return HttpResponseRedirect(resolve_url(to, *args, **kwargs), status=303)


def in_a_while(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Name in the answer to a refusal the seconds after which a repeat may be accepted, if the rule knows them."""
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def posted_from(page: str, *, about_one: bool = True) -> Callable[[View], View]:
    """Let only POST through. Others go to the page with the form: whoever had to log in first lands on a GET here.

    The page gets the address's own parts, unless it isn't `about_one`: a list whose address names no row.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def posted(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, **parts)
            return redirect(page, **parts) if about_one else redirect(page)

        return posted

    return decorate
