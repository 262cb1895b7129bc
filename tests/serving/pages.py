"""Pages for a real server in the tests of the hand-over: a very long answer, the process id, an echo."""

import os

from config.asgi import application as site
from config.handover import Handover

PIECE = b"x" * 2**18
PIECES = 64


def pages(environ, start_response):
    sent = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/long":
        return [PIECE] * PIECES
    return [str(os.getpid()).encode()] if environ["PATH_INFO"] == "/process" else [b"sent: ", sent]


application = Handover(pages, site.hub, threads=2)
