"""The site's own settings: same middleware, same database."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("DEMO", "1")

from config.settings import *  # noqa: F403
from config.settings import VAR_DIR

ROOT_URLCONF = "bench.urls"
# As in the demo, files are served without collecting them. WhiteNoise warns of a missing directory.
STATIC_ROOT = VAR_DIR / "bench-static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# The benchmark makes people by the hundred: a cheap password hash, and no mails.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": True}
