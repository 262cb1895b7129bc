"""The ASGI entry point, which serves the site and its streams. docs/adr says why it isn't Django's own."""

import os

from django.core.wsgi import get_wsgi_application

from config.starting import start_or_refuse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

pages = start_or_refuse(get_wsgi_application)

# These imports need the settings and the models, which get_wsgi_application() loads.
from django.conf import settings  # noqa: E402

from config import no_database  # noqa: E402
from config.handover import Handover  # noqa: E402
from config.postgresql import limits  # noqa: E402
from config.postgresql.outage import Outage  # noqa: E402
from live.streams.hub import Hub  # noqa: E402

application = Handover(pages, Hub(), threads=settings.WEB_THREADS)
Outage.is_watched = True
limits.serve_pages()
# This imports every view now. The first request would otherwise do it on the event loop.
no_database.paths()
