"""Two real servers on one PostgreSQL: a tap through one is heard through the other, and both end when they are told.

How long that takes is measured in tests/e2e/streaming, where nothing else runs at the same time.
"""

import http.client
import re
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import make_session, make_user
from tests.real_server import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CSRF = "c" * 32


class Line:
    """A stream over a real connection."""

    def __init__(self, server, live, **headers):
        self.http = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        self.http.request("GET", f"/live/{live.pk}/events/", headers=headers)
        self.response = self.http.getresponse()
        assert self.response.status == 200
        self.heard = ""

    def until(self, pattern):
        """Read until the pattern is there; return the match."""
        while not (found := re.search(pattern, self.heard)):
            line = self.response.readline()
            assert line, f"the stream ended without {pattern}: {self.heard}"
            self.heard += line.decode()
        return found

    def rest(self):
        return self.heard + self.response.read().decode()


def post_tap(server, live, user):
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
        "HX-Request": "true",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    line.request("POST", f"/live/{live.pk}/tap/", f"gift=panda&quantity=1&price=5&tap_id={uuid4()}", headers)
    answer = line.getresponse()
    assert answer.status == 200, answer.read()
    return int(re.search(r'data-tap="(\d+)"', answer.read().decode())[1])


def test_tap_through_one_server_is_heard_through_the_other_and_sigterm_ends_both():
    live, vera = make_session(), make_user("Vera", coins=1_000)
    with serving(processes=2) as (one, other):
        here, there = Line(one, live), Line(other, live)
        for line in (here, there):
            line.until("event: beat")
        last = post_tap(one, live, vera)
        for line in (here, there):
            line.until(f'data-tap="{last}"')
        resumed = Line(other, live, **{"Last-Event-ID": str(last)})
        second = post_tap(other, live, vera)
        assert re.findall(r'data-tap="(\d+)"', resumed.until(rf'(?s).*data-tap="{second}"')[0]) == [str(second)]

        for server, line in ((one, here), (other, there)):
            _, code = server.stop()
            assert code == 0
            assert line.rest().endswith("event: again\ndata: resume\n\n")
