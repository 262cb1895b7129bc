"""The mode of the site, its secret key, and `env`, through which every other module reads the environment."""

import builtins
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import environ

from config.starting import StartRefused

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

_yes_or_no = {*environ.Env.BOOLEAN_TRUE_STRINGS, "false", "off", "n", "no", "0", ""}


class Environment(environ.Env):
    """The environment and `.env`. A value that can't be read stops the start, with the name of its setting."""

    def bool(self, var: str, default: Any = environ.Env.NOTSET) -> builtins.bool:
        value = self.str(var, default="")
        if value.strip().lower() not in _yes_or_no:
            raise StartRefused(f"{var} is {value!r}. Use 1 for yes or 0 for no.")
        return super().bool(var, default=default)

    def int(self, var: str, default: Any = environ.Env.NOTSET, *, least: builtins.int = 0) -> builtins.int:
        return self._number(var, super().int, "a whole number", default, least)

    def float(self, var: str, default: Any = environ.Env.NOTSET, *, least: builtins.float = 0.0) -> builtins.float:
        return self._number(var, super().float, "a number", default, least)

    def _number(self, var: str, read: Callable[..., Any], kind: str, default: Any, least: Any) -> Any:
        try:
            number = read(var, default=default)
        except ValueError:
            raise StartRefused(f"{var} is {self.str(var)!r}. Use {kind}.") from None
        if number < least:
            raise StartRefused(f"{var} is {number}. Use {least} or more.")
        return number

    def url(self, var: str, read: Callable[[str], Any], schemes: Iterable[str], *, default: str) -> Any:
        """Return what `read` makes of a URL with one of the schemes. It may contain a password: no refusal shows it."""
        url = self.str(var, default="") or default
        scheme, found, _ = url.partition("://")
        if not found or scheme not in schemes:
            begins = f"begins with {scheme}://" if found and re.fullmatch(r"[\w+.-]+", scheme) else "isn't a URL"
            known = ", ".join(f"{one}://" for one in schemes)
            raise StartRefused(f"{var} {begins}. Begin it with one of these: {known}.")
        try:
            return read(url)
        except ValueError:
            hint = "The port is a number, and characters like / and # in a password are written as %2F and %23."
            raise StartRefused(f"{var} can't be read. {hint}") from None


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
    raise StartRefused(
        "SECRET_KEY is missing, shorter than 32 characters or the development one. Set it to 50 random characters, "
        "for example the output of: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )

LOCAL = DEBUG or DEMO
