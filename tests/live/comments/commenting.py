"""People who write comments, and the comments on the board of a room."""

import re
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from live.comments.comments import write_comment
from live.room import board
from tests.htmx import HTMX
from tests.reading import as_shown


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def write(author, live, text="Bravo", **more):
    return write_comment(author=author, session_id=live.pk, comment_id=uuid4(), text=text, **more).comment


def post(web, live, text="Bravo", *, htmx=True, **fields):
    fields = {"text": text, "comment_id": uuid4(), **fields}
    return web.post(reverse("comment", args=[live.pk]), fields, headers=HTMX if htmx else {})


def shown(live):
    """Return the board's comments as pairs of name and text."""
    html = as_shown(board.read_board(live)["live/room/_comments.html"])
    return re.findall(r'<strong><bdi>(.*?)</bdi></strong>.*?<bdi class="said">(.*?)</bdi>', html)
