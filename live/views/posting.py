"""Redirects after a posted form."""


def go_to(request, response):
    """Turn a redirect into one that htmx follows with the whole page."""
    if request.htmx:
        response["HX-Redirect"] = response["Location"]
        del response["Location"]
        response.status_code = 200
    return response
