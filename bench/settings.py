"""The site's own settings: same middleware, same database."""

import os
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-0123456789-abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("DEMO", "1")

from config.settings import *  # noqa: F403
from config.settings import STORAGES, VAR_DIR

ROOT_URLCONF = "bench.urls"
# The part `pages` collects files, as in production. The others serve them as the demo does, without. The directory is
# made because WhiteNoise warns of a missing one.
COLLECTED = os.environ.get("BENCH_COLLECTED")
STATIC_ROOT = Path(COLLECTED) if COLLECTED else VAR_DIR / "bench-static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
if COLLECTED:
    STORAGES["staticfiles"]["BACKEND"] = "config.static_files.CollectedFiles"
    WHITENOISE_USE_FINDERS = False
# The benchmark makes people by the hundred: a cheap password hash, and no mails.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": True}
