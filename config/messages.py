"""Notices that wait for the next page, in a cookie whose name is as strict as the session's."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class InCookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}messages"


class Messages(FallbackStorage):
    """Django's own: the cookie first, the session for what doesn't fit."""

    storage_classes = (InCookie, SessionStorage)
