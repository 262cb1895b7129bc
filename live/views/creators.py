"""To be written by its owner."""

from django.http import Http404


def home(request, **kwargs):
    raise Http404


def live_now(request, **kwargs):
    raise Http404


def creator(request, **kwargs):
    raise Http404


def follow(request, **kwargs):
    raise Http404


def unfollow(request, **kwargs):
    raise Http404
