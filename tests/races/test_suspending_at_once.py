"""Operators and the worker at once about one person or one live, on PostgreSQL with real threads."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from live.desk.suspending import let_in, lift_ended_suspensions, suspend_person, write_note
from live.sessions.closing import close_session
from people.models import OperatorNote, Suspension, User
from people.notices import Notice
from people.refusals import Refusal
from tests.factories import make_creator, make_session, make_user
from tests.operator import make_operator
from tests.races.threads import at_once, raised, rounds, succeeded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

WAITING_FOR_US = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


def wait_for_a_lock():
    """Return once another connection waits for a lock of this one."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(WAITING_FOR_US)
            if cursor.fetchone() != (0,):
                return
        time.sleep(0.02)
    raise AssertionError("no connection waits for a lock")


def test_a_person_is_let_in_while_the_worker_lifts_the_suspension():
    otto, vera = make_operator(), make_user("Vera")
    suspend_person(vera, by=otto, why="Spam.", until=timezone.now() + timedelta(days=3))
    moments, lifted = [timezone.now() + timedelta(days=4)], []
    worker = threading.Thread(target=lambda: lifted.extend(at_once(lift_ended_suspensions, moments)), daemon=True)

    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=vera.pk)
        worker.start()
        wait_for_a_lock()
        let_in(vera, by=otto, why="A mistake.")
    worker.join()

    assert lifted == [0]
    assert Suspension.objects.get().lifted_by == otto


@rounds
def test_eight_operators_suspend_a_creator_at_once_and_one_does(round_):
    operators, session = [make_operator(f"Otto{number}") for number in range(8)], make_session(make_creator("Cleo"))
    cleo = session.creator.user

    results = at_once(lambda by: suspend_person(cleo, by=by, why="Insults."), operators)

    assert (len(succeeded(results)), len(raised(results, Refusal))) == (1, 7)
    assert Suspension.objects.count() == 1


@rounds
def test_eight_operators_end_a_live_at_once_and_its_creator_is_told_once(round_):
    operators, session = [make_operator(f"Otto{number}") for number in range(8)], make_session(make_creator("Cleo"))

    results = at_once(lambda by: close_session(session, by=by, why="Insults."), operators)

    assert sorted(results) == [False] * 7 + [True]
    assert Notice.objects.filter(user=session.creator.user).count() == 1


@rounds
def test_a_note_that_is_posted_eight_times_at_once_is_kept_once(round_):
    otto, vera = make_operator(), make_user("Vera")

    at_once(lambda number: write_note(vera, by=otto, text="Wrote to them."), range(8))

    assert OperatorNote.objects.count() == 1
