"""The database, and the cache that all processes share."""

import sys
from typing import Any

from config.settings.environment import LOCAL, VAR_DIR, env, started_by_manage
from config.starting import StartRefused

if not LOCAL and not env.str("DATABASE_URL", default=""):
    raise StartRefused(
        "DATABASE_URL is missing: real money belongs on PostgreSQL. Example: postgres://user:password@host:5432/name"
    )
_here = f"sqlite:///{VAR_DIR / 'ovation.sqlite3'}"
_databases = ("postgres", "postgresql", "sqlite")
DATABASES = {"default": env.url("DATABASE_URL", env.db_url_config, _databases, default=_here)}
DATABASE = DATABASES["default"]
BEHIND_PGBOUNCER = env.bool("DATABASE_BEHIND_PGBOUNCER", default=False)
if DATABASE["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(exist_ok=True)
    # IMMEDIATE: two taps wait for each other instead of failing with "database is locked".
    # FULL: an acknowledged commit survives a power cut; NORMAL lost commits in most simulated ones.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # Opening the file again cost a page as much as all of its queries.
    DATABASE["CONN_MAX_AGE"] = 60
elif DATABASE["ENGINE"].endswith("postgresql"):
    DATABASE.setdefault("OPTIONS", {})
    DATABASE["ENGINE"] = "config.postgresql"
    # A request waits 3 seconds for a connection, then it is answered with 503. Attempts to connect end after 4: later
    # ones of the pool would come up to a minute apart, and the site would stay away longer than its database.
    _pool = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8), "timeout": 3, "reconnect_timeout": 4}
    DATABASE["OPTIONS"].setdefault("pool", _pool)
    DATABASE["OPTIONS"].setdefault("connect_timeout", 5)
    # A server that lost its power or its network closes nothing: the kernel gives such a connection up.
    _lost = {"keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 10_000}
    DATABASE["OPTIONS"] = _lost | DATABASE["OPTIONS"]
    # Frequent queries are planned once per connection; planning a tap costs as much as running it.
    DATABASE["OPTIONS"].setdefault("server_side_binding", True)
    DATABASE["OPTIONS"].setdefault("prepare_threshold", None if BEHIND_PGBOUNCER else 5)
DATABASE["DISABLE_SERVER_SIDE_CURSORS"] = BEHIND_PGBOUNCER

# In seconds, 0 for no end. Idle in a transaction: nothing of ours waits for a person or a provider there, so a process
# that does has been stopped or lost; while it holds a live's lock, no tap is posted. A page that asks for longer than
# half a minute has lost its reader. The worker's sums and the closing of a month may take minutes.
_idle = env.int("DATABASE_IDLE_IN_TRANSACTION_SECONDS", default=15)
_statement, _lock = env.int("DATABASE_STATEMENT_SECONDS", default=30), env.int("DATABASE_LOCK_SECONDS", default=10)
DATABASE_LIMITS = {
    "web": {"idle": _idle, "statement": _statement, "lock": _lock},
    "worker": {"idle": _idle, "statement": 20 * _statement, "lock": 3 * _lock},
    # Migrations, check_books, the shell: as long as they take. An hour without a word isn't at work.
    "command": {"idle": 3_600, "statement": 0, "lock": 0},
}
# A process that serves pages says so in its entry point.
DATABASE_LIMITS_OF = "worker" if started_by_manage and sys.argv[1:2] == ["worker"] else "command"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def shared_cache_at(address: str) -> dict[str, Any]:
    """Return the settings of a cache; in a table it must hold more than Django's 300 entries.

    Beyond the number some are removed by the order of their keys: a crowd's would remove an attacker's failed log-ins.
    """
    cache = env.cache_url_config(address)
    if cache["BACKEND"].endswith("DatabaseCache"):
        cache.setdefault("OPTIONS", {}).setdefault("MAX_ENTRIES", 10_000)
    return cache


# Sign-in limits live in the cache, which every process must share: so the default is a table, not memory.
_caches = ("dbcache", "redis", "rediss", "memcache", "pymemcache", "filecache", "locmemcache", "dummycache")
CACHES = {"default": env.url("CACHE_URL", shared_cache_at, _caches, default="dbcache://site_cache")}
