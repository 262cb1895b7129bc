"""To be written by its owner."""

from django.http import Http404


def receipt(request, **kwargs):
    raise Http404
