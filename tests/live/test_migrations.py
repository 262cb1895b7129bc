"""Migrations: back to before rooms and forward again, with rows in the tables."""

import pytest
from django.core.management import call_command
from django.db import connection

from live.feed import tallies
from live.feed.feed import taps_after
from live.feed.tallies import totals_of
from live.models import Gift, GifterTally, Muted, SessionTally, SpendingLimit, TestGift, Thanks
from live.sessions.sessions import end_session
from live.totals.supporters import Supporters
from tests.databases import without_triggers
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


def tallies_counted():
    return list(SessionTally.objects.order_by("session").values("session", "place", "points", "gifts"))


def gifters_counted():
    """Return every gifter's tally, ordered by gifter."""
    who = ["session", "viewer", "as_somebody"]
    gave = ["points", "gifts", "first_gave_at", "last_gave_at"]
    return list(GifterTally.objects.order_by(*who).values_list(*who, *gave))


def test_what_is_kept_by_name_every_tally_and_every_trigger_come_back(monkeypatch):
    """Forward again, the past is counted as the end of a live would have."""
    monkeypatch.setattr(tallies, "TALLY_EVERY", 3)
    vera, cleo = make_user("Vera", coins=1_000), make_creator()
    ended = make_session(cleo)
    tap(vera, ended, quantity=3)
    end_session(ended, by="creator")
    live = make_session(cleo)
    tap(vera, live)
    for as_somebody in (False, True):
        Muted.objects.create(session=live, person=vera, as_somebody=as_somebody)
        Thanks.objects.create(session=ended, gifter=vera, as_somebody=as_somebody, words="Thank you.")
    past, present = [make_session(make_creator(name)) for name in ("Nova", "Dora")]
    for quantity in (1, 2):
        tap(vera, past, quantity=quantity)
        tap(make_user("Imani", coins=100), past, gift_slug="clover")
        tap(vera, present)
    end_session(past, by="creator")
    before, counted = triggers(), (tallies_counted(), gifters_counted())

    call_command("migrate", "live", "0003", verbosity=0)
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM live_gifttap")
    call_command("migrate", verbosity=0)

    assert triggers() == before
    assert (tallies_counted(), gifters_counted()) == counted
    assert totals_of([live, present]) == {live.pk: (5, 1), present.pk: (10, 2)}
    assert [(person.name, person.lives, person.points) for person in Supporters(cleo)[0:3]] == [("Vera", 1, 15)]
    assert [one.as_somebody for one in Thanks.objects.all()] == [False]
    # Rooms and limits come in later migrations.
    assert not Muted.objects.exists()
    assert not SpendingLimit.objects.exists()


# --- Places -------------------------------------------------------------------------------------


def test_taps_get_their_places_in_the_order_in_which_they_were_read_before():
    """Places follow the transaction id, and the id on SQLite, where it was always 0. Tallies continue."""
    vera, live = make_user("Vera", coins=1_000), make_session(make_creator())
    ids = [tap(vera, live, quantity=number).id for number in (1, 2, 3, 4)]
    call_command("migrate", "live", "0013", verbosity=0)
    with without_triggers(connection), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("UPDATE live_gifttap SET transaction_id = 1000000 - id")
            ids = ids[::-1]
        cursor.execute(
            """INSERT INTO live_sessiontally (session_id, transaction_id, tap_id, points, gifts)
            SELECT session_id, transaction_id, id, (SELECT SUM(coins) FROM live_gifttap WHERE id IN (%s, %s)),
              (SELECT SUM(quantity) FROM live_gifttap WHERE id IN (%s, %s)) FROM live_gifttap WHERE id = %s""",
            [*ids[:2], *ids[:2], ids[1]],
        )
        cursor.execute(
            """INSERT INTO live_giftertally
              (session_id, viewer_id, as_somebody, points, gifts, first_gave_at, last_gave_at)
            SELECT session_id, viewer_id, as_somebody, SUM(coins), SUM(quantity), MIN(created_at), MAX(created_at)
            FROM live_gifttap WHERE id IN (%s, %s) GROUP BY session_id, viewer_id, as_somebody""",
            ids[:2],
        )
    call_command("migrate", verbosity=0)

    assert [(row.id, row.place) for row in taps_after(live, 0)] == list(zip(ids, (1, 2, 3, 4), strict=True))
    tally = SessionTally.objects.get()
    assert (tally.place, tally.all_up_to) == (2, min(ids[2:]) - 1)
    assert totals_of([live])[live.pk] == (50, 10)
    tap(vera, live, quantity=5)
    assert [row.place for row in taps_after(live, 4)] == [5]

    settlement = end_session(live, by="creator")

    assert settlement.points == 75


# --- Test gifts ---------------------------------------------------------------------------------


def test_test_gifts_and_every_trigger_stay_when_their_table_is_renamed():
    cleo, panda = make_creator(), Gift.objects.get(slug="panda")
    live = make_session(cleo)
    test = TestGift.objects.create(creator=cleo, session=live, gift=panda)
    kept = list(TestGift.objects.values())
    before = triggers()

    call_command("migrate", "live", "0017", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, creator_id FROM live_samplegift")
        rows = cursor.fetchall()
    triggers_of_old_name = triggers()
    call_command("migrate", verbosity=0)

    assert rows == [(test.pk, cleo.pk)]
    assert triggers_of_old_name == before
    assert triggers() == before
    assert list(TestGift.objects.values()) == kept
    assert TestGift.objects.create(creator=cleo, session=live, gift=panda).pk > test.pk
    assert list(cleo.test_gifts.order_by("-pk").values_list("session", flat=True)) == [live.pk, live.pk]
