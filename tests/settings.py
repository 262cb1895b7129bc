"""Settings of the tests: the site's own, on a database of their own, fast, and deaf to the developer's `.env`.

SQLite in a file by default (threads can't share one in memory). TEST_DATABASE=postgres starts an embedded PostgreSQL
for this run; TEST_DATABASE_URL names another one, on which the tests make and drop databases called `test_…`.
"""

import os
import signal
import tempfile
import threading
from pathlib import Path

# An end by SIGTERM is an orderly one too: the embedded PostgreSQL stops with us, and nothing is left in /tmp.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, signal.default_int_handler)

# Kept in a name, so that the directory goes when the process does. One per process: runs don't meet.
_room = tempfile.TemporaryDirectory(prefix="ovation-tests-")
ROOM = Path(_room.name)

database_url = os.environ.get("TEST_DATABASE_URL")
# Started by the first test that needs a database (tests/databases.py): xdist's controlling process has none.
EMBEDDED_POSTGRES = os.environ.get("TEST_DATABASE") == "postgres" and not database_url
if EMBEDDED_POSTGRES:
    database_url = "postgresql://postgres@/postgres"

# Read by config.settings, each of them before `.env`. DEMO gives plain http on localhost.
_before = os.environ.copy()
os.environ.update(
    SECRET_KEY="only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
    DEBUG="0",
    DEMO="1",
    DATABASE_URL=database_url or f"sqlite:///{ROOM / 'unused.sqlite3'}",
    CACHE_URL="locmemcache://",
    EMAIL_URL="memorymail://",
    ALLOWED_HOSTS="localhost,testserver",
    CSRF_TRUSTED_ORIGINS="",
    PAYMENT_PROVIDER="sandbox",
    PAYOUT_PROVIDER="sandbox",
    PAYPAL_CLIENT_ID="",
    PAYPAL_CLIENT_SECRET="",
    PAYPAL_WEBHOOK_ID="",
    PAYPAL_LIVE="0",
)

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

os.environ.clear()
os.environ.update(_before)

DEMO = False
VAR_DIR = ROOM
MAIL_DIR = ROOM / "mail"
MAILBOX = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Looks a file up when it is asked for, instead of listing hundreds of them for each test client.
WHITENOISE_AUTOREFRESH = True

_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    _database["TEST"] = {"NAME": str(ROOM / "test.sqlite3")}
    _database["CONN_MAX_AGE"] = 0
    # check_books() alone has 74 statements; Python keeps 128 parsed ones, so each test would parse its own anew.
    _database["OPTIONS"]["cached_statements"] = 2_000
    _database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    # Threads of a test open and close their own connections. A pool would cap them, and keep the database in use
    # at the moment when it is to be dropped.
    _database["OPTIONS"].pop("pool", None)
    _database["TEST"] = {"NAME": "test_ovation"}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["nowhere"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["nowhere"], "propagate": True}},
}
