"""Vera's browser: signed in, each request on a connection of its own, each answer with the seconds it took."""

import http.client
import threading
import time
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings

CSRF = "c" * 32


class Answered(NamedTuple):
    status: int
    seconds: float
    retry_after: str | None
    body: str


class Visitor:
    def __init__(self, server, world):
        self.server, self.world = server, world

    def ask(self, path, *, method="GET", form=None, is_htmx=False, signed_in=True):
        began = time.monotonic()
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Host": "localhost"}
        if signed_in:
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={self.world.session_key}; csrftoken={CSRF}"
        if is_htmx:
            headers["HX-Request"] = "true"
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF}
        line.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = line.getresponse()
        body = answer.read().decode()
        line.close()
        return Answered(answer.status, time.monotonic() - began, answer.headers["Retry-After"], body)

    def tap(self, tap_id=None, *, is_htmx=True):
        form = {"gift": "panda", "quantity": 1, "price": 5, "tap_id": tap_id or uuid4()}
        return self.ask(f"/live/{self.world.live}/tap/", method="POST", form=form, is_htmx=is_htmx)

    def ask_at_once(self, count, path):
        """Ask for a page that often at the same time; return the answers."""
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(self.ask(path))) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return answers
