"""The log: which records are shown, and their lines without secrets."""

import logging
import re
from typing import Any

from django.utils.log import ServerFormatter

# The address of an overlay is its secret. A request that fails is logged with its path.
SECRETS_IN_PATHS = re.compile(r"(/live/overlay/)[^/\s?\"']+")


class RefusalsAreNoNews(logging.Filter):
    """Log answers of 400 to 499 with LOG_LEVEL=INFO only, without a traceback: the client's request was wrong.

    An unknown host stays a warning, because a missing ALLOWED_HOSTS looks the same.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if not 400 <= getattr(record, "status_code", 500) < 500:
            return True
        # The traceback leads through Django to a request that can't be read; it says nothing more than the line.
        record.exc_info = record.exc_text = None
        level = logging.WARNING if record.name == "django.security.DisallowedHost" else logging.INFO
        record.levelno, record.levelname = level, logging.getLevelName(level)
        return logging.getLogger().isEnabledFor(level)


class AnOutageIsSaidOnce(logging.Filter):
    """Drop a request that was refused during a known outage: the outage itself was logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        while error is not None:
            if getattr(error, "is_logged", False):
                return False
            error = error.__cause__
        return True


class WithoutSecrets(logging.Formatter):
    """Format a record, its traceback too, and take secret parts of addresses out."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRETS_IN_PATHS.sub(r"\1…", super().format(record))


class ServerWithoutSecrets(WithoutSecrets, ServerFormatter):
    """The lines of `runserver`, one for each request."""


def logging_at(level: str) -> dict[str, Any]:
    """Return the LOGGING setting that shows records of this level and above."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "config.logs.WithoutSecrets",
                "format": "{asctime} {levelname} {name}: {message}",
                "style": "{",
            },
            "server": {"()": "config.logs.ServerWithoutSecrets", "format": "[{server_time}] {message}", "style": "{"},
        },
        "filters": {
            "no_refusals": {"()": "config.logs.RefusalsAreNoNews"},
            "once": {"()": "config.logs.AnOutageIsSaidOnce"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_refusals", "once"]},
            "server": {"class": "logging.StreamHandler", "formatter": "server"},
        },
        "root": {"handlers": ["console"], "level": level},
        # Requests to providers hold tokens and receivers: not even DEBUG shows them.
        "loggers": {
            "httpx2": {"level": "WARNING"},
            "httpcore2": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            # The head of the chain of seals, once an hour at every LOG_LEVEL: the log is its only copy elsewhere.
            "wallet.seals": {"level": "INFO"},
            # Attempts to connect that failed, and threads that end late: the outage itself is logged once, and why.
            "psycopg.pool": {"level": "ERROR"},
            # Django's own handlers are left out: they would log secrets.
            "django": {"handlers": [], "level": "INFO"},
            "django.server": {"handlers": ["server"], "level": "INFO", "propagate": False},
        },
    }
