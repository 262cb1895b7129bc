"""Answers that views of every app give."""

from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url


def see_other(to, *args, **kwargs):
    """Redirect after a form was posted: 303, so that the browser fetches the page and reloads don't post again."""
    return HttpResponseRedirect(resolve_url(to, *args, **kwargs), status=303)
