"""The mode of the site, its secret key, and `env`, through which every other module reads the environment."""

import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

_yes_or_no = {*environ.Env.BOOLEAN_TRUE_STRINGS, "false", "off", "n", "no", "0", ""}


class Environment(environ.Env):
    """The environment and `.env`. A value that can't be read stops the start, with the name of its setting."""

    def bool(self, var, default=environ.Env.NOTSET):
        value = self.str(var, default="")
        if value.strip().lower() not in _yes_or_no:
            raise ImproperlyConfigured(f"{var} is {value!r}. Use 1 for yes or 0 for no.")
        return super().bool(var, default=default)

    def int(self, var, default=environ.Env.NOTSET, *, least=0):
        return self._number(var, super().int, "a whole number", default, least)

    def float(self, var, default=environ.Env.NOTSET, *, least=0.0):
        return self._number(var, super().float, "a number", default, least)

    def _number(self, var, read, kind, default, least):
        try:
            number = read(var, default=default)
        except ValueError:
            raise ImproperlyConfigured(f"{var} is {self.str(var)!r}. Use {kind}.") from None
        if number < least:
            raise ImproperlyConfigured(f"{var} is {number}. Use {least} or more.")
        return number


env = Environment()
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
