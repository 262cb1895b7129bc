"""The tutorial's site in programs of its own: its settings, its database, the same server.

granian serves it by WSGI: the ASGI handler of Django moves each synchronous view between loop and threads.
"""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import NamedTuple

from bench.database import address_of, make_database
from bench.server import PROCESSES, THREADS, serving
from bench.world import CSRF, post_request

NAME = "ovation_bench_tutorial"


class Tutorial(NamedTuple):
    """Its database, its creator, and the Cookie headers of its viewers."""

    url: str
    creator: int
    cookies: list[str]

    def tap(self, number):
        """Return a tap of one of the viewers."""
        return post_request(f"/live/{self.creator}/tap/", self.cookies[number % len(self.cookies)], gift="panda")


def build_tutorial(server_url, viewers):
    """Make its database with that many signed-in viewers."""
    url = address_of(server_url, NAME)
    make_database(server_url, NAME)
    done = subprocess.run(
        [sys.executable, "-m", "bench.peers.tutorial.build", str(viewers)],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    built = json.loads(done.stdout)
    cookies = [f"sessionid={key}; csrftoken={CSRF}" for key in built["sessions"]]
    return Tutorial(url, built["creator"], cookies)


@contextmanager
def serving_tutorial(tutorial, *, processes=PROCESSES):
    options = ("--interface", "wsgi", "--blocking-threads", str(THREADS))
    application = "bench.peers.tutorial.wsgi:application"
    with serving(tutorial.url, processes=processes, application=application, options=options) as port:
        yield port
