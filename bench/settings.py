"""The site's own settings, with the peers beside it: same server, same middleware, same database."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("DEMO", "1")

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "bench.peers.tutorial"]
MIDDLEWARE = [*MIDDLEWARE]
ROOT_URLCONF = "bench.urls"
LOGGING = {"version": 1, "disable_existing_loggers": True}
