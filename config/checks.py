"""System checks of `manage.py check` about running the site for real money. deploy_checks.py has the rest."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection

from config.postgresql import pooler

SOUND_SQLITE = (3, 51, 3)
# A worker stops asking after a third of its lease. In the rest its last question must end: four calls (a token, the
# question, and both again after a refused token), each of which may wait three times: to connect, to write, to read.
TIMEOUTS_IN_A_LEASE = 4 * 3 * 3 // 2


@register()
def real_money_belongs_on_postgresql(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn about SQLite, except in development and the demo."""
    if settings.LOCAL or not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return []
    problem = "Real money belongs on PostgreSQL: SQLite is one file on one machine, written by one process at a time."
    if sqlite3.sqlite_version_info < SOUND_SQLITE:
        problem += (
            f" This SQLite is {sqlite3.sqlite_version}; before 3.51.3 a database in WAL mode may, rarely, be corrupted "
            "when two connections write and checkpoint at once."
        )
    return [Warning(problem, hint="Set DATABASE_URL=postgres://…", id="ovation.W001")]


@register()
def a_lease_outlasts_its_last_question(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a lease that ends while its worker waits for an answer: a second worker would send the same withdrawal."""
    least = TIMEOUTS_IN_A_LEASE * settings.PAYPAL_TIMEOUT_SECONDS
    if settings.PAYOUT_PROVIDER != "paypal" or least <= settings.PAYOUT_LEASE_SECONDS:
        return []
    problem = (
        f"PAYOUT_LEASE_SECONDS is {settings.PAYOUT_LEASE_SECONDS:g}: with PAYPAL_TIMEOUT_SECONDS="
        f"{settings.PAYPAL_TIMEOUT_SECONDS:g} a worker may wait for PayPal longer than it holds a withdrawal."
    )
    return [Error(problem, hint=f"Set PAYOUT_LEASE_SECONDS to {least:g} or more.", id="ovation.E001")]


@register(Tags.database)
def a_pooler_is_named(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn of PgBouncer. This opens a connection, so it runs with `check --database default` and `migrate`."""
    if "default" not in (databases or []) or connection.vendor != "postgresql" or settings.BEHIND_PGBOUNCER:
        return []
    with connection.cursor():
        is_seen = pooler.is_seen.is_set()
    return [Warning(pooler.WORDS, hint=pooler.HINT, id="ovation.W010")] if is_seen else []
