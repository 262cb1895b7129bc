"""The WSGI entry point, which serves the site."""

import os

from django.core.wsgi import get_wsgi_application

from config.starting import start_or_refuse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = start_or_refuse(get_wsgi_application)

from config.postgresql import limits  # noqa: E402
from config.postgresql.outage import Outage  # noqa: E402

Outage.is_watched = True
limits.serve_pages()
