"""To be written by its owner."""

from django.http import Http404


def summary(request, **kwargs):
    raise Http404


def thanks(request, **kwargs):
    raise Http404
