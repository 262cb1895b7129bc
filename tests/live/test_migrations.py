"""Migrations: back to before there were rooms and forward again, with what people left in them."""

import pytest
from django.core.management import call_command
from django.db import connection

from live.models import Muted, SpendingLimit, Thanks
from live.sessions import end_session
from live.supporters import Supporters
from live.tallies import totals_of
from tests.factories import make_creator, make_session, make_user, tap

pytestmark = pytest.mark.django_db(transaction=True)
TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": """SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname""",
}


def triggers():
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        return cursor.fetchall()


def test_what_is_kept_by_name_comes_back_and_every_trigger_does():
    vera, cleo = make_user("Vera", coins=1_000), make_creator()
    ended = make_session(cleo)
    tap(vera, ended, quantity=3)
    end_session(ended, by="creator")
    live = make_session(cleo)
    tap(vera, live)
    for as_somebody in (False, True):
        Muted.objects.create(session=live, person=vera, as_somebody=as_somebody)
        Thanks.objects.create(session=ended, gifter=vera, as_somebody=as_somebody, words="Thank you.")
    before = triggers()

    call_command("migrate", "live", "0003", verbosity=0)
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM live_gifttap")
    call_command("migrate", verbosity=0)

    assert triggers() == before
    assert totals_of([live])[live.pk] == (5, 1)
    assert [(person.name, person.lives, person.points) for person in Supporters(cleo)[0:3]] == [("Vera", 1, 15)]
    assert [one.as_somebody for one in Thanks.objects.all()] == [False]
    # Rooms and limits are younger than where it went back to.
    assert not Muted.objects.exists()
    assert not SpendingLimit.objects.exists()
