"""Responses that views of every app return."""

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
# A template's context holds values of any type.
Context = dict[str, Any]


def see_other(to: str, *args: PathPart, **kwargs: PathPart) -> HttpResponseRedirect:
    """Redirect with 303 after a POST: the browser fetches the page by GET, and a reload doesn't post again."""
    return HttpResponseRedirect(resolve_url(to, *args, **kwargs), status=303)


def in_a_while(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Add Retry-After to the response to a refusal, if the refusal has these seconds; return the response."""
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def posted_from(page: str, *, about_one: bool = True) -> Callable[[View], View]:
    """Pass only POST to the view, and redirect other methods to the page with the form.

    Log-in redirects back with a GET, so a POST that needed log-in arrives here as one. The page's address takes the
    same parts as this one, unless `about_one` is False: a list's address has none.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def posted(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, **parts)
            return redirect(page, **parts) if about_one else redirect(page)

        return posted

    return decorate
