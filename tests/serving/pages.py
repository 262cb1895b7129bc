"""Pages for a real server that tests the hand-over alone: a very long answer, and one that says what was sent."""

from config.asgi import application as site
from config.handover import Handover

PIECE = b"x" * 2**18
PIECES = 64


def pages(environ, start_response):
    sent = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [PIECE] * PIECES if environ["PATH_INFO"] == "/long" else [b"sent: ", sent]


application = Handover(pages, site.hub, threads=2)
