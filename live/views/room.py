"""To be written by its owner."""

from django.http import Http404


def room(request, **kwargs):
    raise Http404


def tap(request, **kwargs):
    raise Http404


def tray(request, **kwargs):
    raise Http404


def feed(request, **kwargs):
    raise Http404
