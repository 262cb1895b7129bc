"""Addresses that only take a posted form."""

from functools import wraps

from django.shortcuts import redirect


def posted_from(page):
    """Let only POST through. Others go to the page with the form: whoever had to log in first lands on a GET here."""

    def decorate(view):
        @wraps(view)
        def posted(request, **kwargs):
            return view(request, **kwargs) if request.method == "POST" else redirect(page, **kwargs)

        return posted

    return decorate


def go_to(request, response):
    """Turn a redirect into one that htmx follows with the whole page."""
    if request.htmx:
        response["HX-Redirect"] = response["Location"]
        del response["Location"]
        response.status_code = 200
    return response
