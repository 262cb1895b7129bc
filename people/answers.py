"""Answers that views of every app give."""

from functools import wraps

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url

from people.refusals import Refusal


def see_other(to, *args, **kwargs):
    """Redirect after a form was posted: 303, so that the browser fetches the page and reloads don't post again."""
    return HttpResponseRedirect(resolve_url(to, *args, **kwargs), status=303)


def in_a_while(response: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Name in the answer to a refusal the seconds after which a repeat may be accepted, if the rule knows them."""
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def posted_from(page, *, about_one=True):
    """Let only POST through. Others go to the page with the form: whoever had to log in first lands on a GET here.

    The page gets the address's own parts, unless it isn't `about_one`: a list whose address names no row.
    """

    def decorate(view):
        @wraps(view)
        def posted(request, **parts):
            if request.method == "POST":
                return view(request, **parts)
            return redirect(page, **parts) if about_one else redirect(page)

        return posted

    return decorate
