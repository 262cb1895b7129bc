"""Jobs without a request: those of each round, and those of each hour.

Every job is safe to repeat and to run in two workers at once.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

from django.contrib.sessions.backends.db import SessionStore as EarlierStore
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from live.creators.announcing import tell_followers
from live.creators.changes import tell_creators
from live.desk.days import close_days
from live.desk.jobs import note_round
from live.desk.suspending import lift_ended_suspensions
from live.feed.tallies import tally_sessions
from live.room.presence import forget_old_presence
from live.sessions.sessions import end_abandoned_sessions
from live.statements.closed import close_months
from payouts.withdrawals.sending import reconcile_withdrawals, send_withdrawals
from payouts.withdrawals.withdrawals import forget_expired_quotes
from people.mail.outbox import send_bulk_mails, send_due_mails
from people.notices import forget_old_notices
from people.outages import is_outage, is_read_only
from people.signing_in.sessions import SessionStore
from wallet.checking import check_and_note
from wallet.checkouts import ask_about_checkouts
from wallet.recharges import fail_abandoned_recharges
from wallet.seals import seal_rows

log = logging.getLogger(__name__)

AN_HOUR = timedelta(hours=1)
# A note of every round would be a write every second.
NOTED, NOTED_EVERY = "noted", timedelta(seconds=10)


class DatabaseAway(Exception):
    """The database doesn't answer; the rest of the round waits for the next one."""


def report_discrepancies() -> int:
    """Check the books; log each discrepancy as an error; return how many there are."""
    discrepancies = check_and_note(by="worker")
    for discrepancy in discrepancies:
        log.error("the books are wrong: %s", discrepancy)
    return len(discrepancies)


def forget_expired_logins() -> None:
    """Delete the sessions of browsers that have expired, those in the table of an earlier version too."""
    SessionStore.clear_expired()
    EarlierStore.clear_expired()


# A result is logged, if there is one.
Job: TypeAlias = Callable[[], Any]

EVERY_ROUND: list[Job] = [
    send_withdrawals,
    ask_about_checkouts,
    send_due_mails,
    end_abandoned_sessions,
    fail_abandoned_recharges,
    forget_expired_quotes,
    lift_ended_suspensions,
    tally_sessions,
    tell_followers,
    tell_creators,
    send_bulk_mails,
]
EVERY_HOUR: list[Job] = [
    reconcile_withdrawals,
    close_months,
    close_days,
    seal_rows,
    report_discrepancies,
    forget_expired_logins,
    forget_old_presence,
    forget_old_notices,
]


def run_round(
    last_runs: dict[str, datetime], *, now: datetime | None = None, stopping: Callable[[], bool] = lambda: False
) -> list[str]:
    """Run the jobs that are due, until `stopping()`; return the names of those that failed. Raise DatabaseAway.

    `last_runs` keeps the moment of each job's last run between rounds: {job name: moment}.
    """
    now = now or timezone.now()
    failed: dict[str, str] = {}
    succeeded: list[str] = []
    hourly = _due(last_runs, now)
    for job in EVERY_ROUND + hourly:
        if stopping():
            break
        if error := _run(job):
            failed[job.__name__] = error
        else:
            succeeded.append(job.__name__)
        last_runs[job.__name__] = now
    if hourly or failed or now - last_runs.get(NOTED, now - NOTED_EVERY) >= NOTED_EVERY:
        _run(partial(note_round, succeeded, failed, now=now))
        last_runs[NOTED] = now
    return list(failed)


def _due(last_runs: dict[str, datetime], now: datetime) -> list[Job]:
    return [job for job in EVERY_HOUR if now - last_runs.get(job.__name__, now - AN_HOUR) >= AN_HOUR]


def _run(job: Job) -> str:
    """Run one job; return its error in words, or "". A failure is logged and doesn't stop the other jobs."""
    try:
        result = job()
    except Exception as error:
        if is_outage(error) and (is_read_only(error) or not _database_answers()):
            raise DatabaseAway(str(error).strip()) from error
        log.exception("%s failed", _name_of(job))
        return f"{type(error).__name__}: {error}"
    if result:
        log.info("%s: %s", _name_of(job), result)
    return ""


def _name_of(job: Job) -> str:
    return job.func.__name__ if isinstance(job, partial) else job.__name__


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True
