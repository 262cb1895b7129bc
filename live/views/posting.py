"""Redirects after a posted form."""

from django.http import HttpResponse

from people.requests import Request


def go_to(request: Request, response: HttpResponse) -> HttpResponse:
    """Turn a redirect into one that htmx follows with the whole page."""
    if request.htmx:
        response["HX-Redirect"] = response["Location"]
        del response["Location"]
        response.status_code = 200
    return response
