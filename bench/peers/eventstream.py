"""django-eventstream: the same frame, once a tick, to every listener of a channel. Under granian, as our site."""

import asyncio
import os
from pathlib import Path

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="only-for-benchmarks",
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_eventstream"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    LOGGING_CONFIG=None,
)
django.setup()

from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from django_eventstream import send_event  # noqa: E402

urlpatterns = [
    path("healthz", lambda request: HttpResponse("ok")),
    path("events/", include("django_eventstream.urls"), {"channels": ["room"]}),
]
pages = ASGIHandler()


async def send_frames():
    frame = Path(os.environ["BENCH_FRAME"]).read_text()
    while True:
        await asyncio.sleep(float(os.environ["BENCH_TICK"]))
        await asyncio.to_thread(send_event, "room", "message", frame, json_encode=False)


async def application(scope, receive, send):
    if scope["type"] != "lifespan":
        return await pages(scope, receive, send)
    await receive()
    sending = asyncio.ensure_future(send_frames())
    await send({"type": "lifespan.startup.complete"})
    await receive()
    sending.cancel()
    await send({"type": "lifespan.shutdown.complete"})
