"""The mode of the site, its secret key, and `env`, through which every other module reads the environment."""

import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEVELOPMENT_KEY = "development-only-key-that-production-refuses"

SECRET_KEY = env.str("SECRET_KEY", default="")
# Only manage.py may fall back to development: a server process without a key must not start.
started_by_manage = Path(sys.argv[0]).name == "manage.py"
DEBUG = env.bool("DEBUG", default=started_by_manage and not SECRET_KEY)
DEMO = env.bool("DEMO", default=False)
if DEBUG and not SECRET_KEY:
    SECRET_KEY = DEVELOPMENT_KEY
if not DEBUG and (len(SECRET_KEY) < 32 or SECRET_KEY == DEVELOPMENT_KEY):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing, shorter than 32 characters or the development one. Set it to 50 random characters, "
        "for example the output of: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )

LOCAL = DEBUG or DEMO
