"""Lines of the log, without what must not be in them."""

import logging
import re

from django.utils.log import ServerFormatter

# The address of an overlay is its secret. A request that fails is logged with its path.
SECRETS_IN_PATHS = re.compile(r"(/live/overlay/)[^/\s?\"']+")


class WithoutSecrets(logging.Formatter):
    """Format a record, its traceback too, and take secret parts of addresses out."""

    def format(self, record):
        return SECRETS_IN_PATHS.sub(r"\1…", super().format(record))


class ServerWithoutSecrets(WithoutSecrets, ServerFormatter):
    """The lines of `runserver`, one for each request."""
