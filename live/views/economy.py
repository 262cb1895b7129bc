"""To be written by its owner."""

from django.http import Http404


def economy(request, **kwargs):
    raise Http404
