"""To be written by its owner."""

from django.http import Http404


def studio(request, **kwargs):
    raise Http404


def start(request, **kwargs):
    raise Http404


def end(request, **kwargs):
    raise Http404


def here(request, **kwargs):
    raise Http404
