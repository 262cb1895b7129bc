"""To be written by its owner."""

from django.http import Http404


def live_gifts(request, **kwargs):
    raise Http404
