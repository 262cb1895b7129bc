"""The board of a room: its current state beside the taps, by stream and by poll."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from live.models import Comment, Presence
from live.room import board
from live.room.presence import Pollers, forget_old_presence, keep_peak, process_of, say_viewers, viewers_now
from live.sessions.sessions import end_session
from live.streams import broadcast, reading
from tests.factories import make_creator, make_session, make_user, tap
from tests.live.streams.listening import CountedReaders, Ear, listen, off_loop

NOW = timezone.now()


def know_titles(session):
    session.refresh_from_db(fields=["title"])
    return {"viewers": session.title.count("!")}


@pytest.fixture
def one_part(monkeypatch):
    """A board of one part: it counts the “!” in the live's title."""
    monkeypatch.setattr(board, "PARTS", {"live/room/_viewers.html": know_titles})


@pytest.fixture
def quick(monkeypatch, settings):
    settings.STREAM_TICK_SECONDS = 0.02
    monkeypatch.setattr(broadcast, "BOARD_SECONDS", 0.02)
    monkeypatch.setattr(broadcast, "END_SECONDS", 0.02)


def retitle(session, title):
    type(session).objects.filter(pk=session.pk).update(title=title)


def boards(ear):
    return [piece for piece in ear.pieces if piece.startswith("event: board")]


# --- In the stream ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_board_is_sent_at_the_start_and_when_it_changes_and_names_no_cursor(quick, one_part, live):
    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until(boards)
        await off_loop(retitle, live, "Hello!")
        await ear.until(lambda ear: len(boards(ear)) == 2)
        return boards(ear)

    first, second = listen(scene)
    assert '<data value="0">0</data>' in first
    assert '<data value="1">1</data>' in second
    assert "id: " not in first + second


@pytest.mark.django_db(transaction=True)
def test_taps_and_news_of_the_board_travel_in_one_piece(quick, one_part, live, monkeypatch):
    vera, read_on = make_user("Vera", coins=10), reading.read_on
    happens = iter([True])

    def read_on_after_it_happened(*arguments):
        if next(happens, False):
            tap(vera, live)
            retitle(live, "Hello!")
        return read_on(*arguments)

    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until(boards)
        monkeypatch.setattr(reading, "read_on", read_on_after_it_happened)
        await ear.until_taps(1)
        return ear.pieces[-1]

    taps, board_, rest = listen(scene).split("\n\n")
    assert taps.startswith("id: ") and "data-tap=" in taps
    assert board_.startswith("event: board\n") and '<data value="1">1</data>' in board_
    assert rest == ""


@pytest.mark.django_db(transaction=True)
def test_who_comes_later_gets_the_board_as_it_is(quick, one_part, live):
    async def scene(hub):
        early = Ear(hub, live).dial()
        await early.until(boards)
        late = Ear(hub, live).dial()
        await late.until(boards)
        return boards(early), boards(late)

    early, late = listen(scene)
    assert early == late


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("listeners", [1, 30])
def test_queries_of_the_board_grow_with_rooms_and_not_with_listeners(quick, settings, live, listeners):
    settings.STREAMS_PER_ADDRESS = 100

    async def scene(hub):
        hub._readers = CountedReaders()
        ears = [Ear(hub, live).dial() for _ in range(listeners)]
        for ear in ears:
            await ear.until(boards)
        return hub._readers

    readers = listen(scene)
    looks, queries = readers.asked["look_at_board"], readers.queries["look_at_board"]
    # At most three for each part and look, and up to four more to say how many watch.
    assert queries <= looks * 3 * len(board.PARTS) + 4


@pytest.mark.django_db(transaction=True)
def test_person_with_two_tabs_is_one_viewer_and_creator_and_overlay_are_none(quick, live):
    vera = make_user("Vera")

    async def scene(hub):
        Ear(hub, live, person=vera.pk).dial()
        Ear(hub, live, person=live.creator_id).dial()
        overlay = Ear(hub, live)
        overlay.who["is_viewer"] = False
        overlay.dial()
        tab, stranger = Ear(hub, live, person=vera.pk).dial(), Ear(hub, live).dial()
        for ear in (tab, stranger):
            await ear.until(boards)
        return hub.rooms[live.pk]._viewers()

    assert listen(scene) == 2


@pytest.mark.django_db(transaction=True)
def test_process_takes_its_word_back_when_the_last_viewer_leaves(quick, live):
    async def scene(hub):
        ear = Ear(hub, live).dial()
        await ear.until(boards)
        before = await off_loop(viewers_now, live)
        await ear.drop()
        await ear.until(lambda _: not hub.rooms and not hub._tasks)
        return before

    assert listen(scene) == 1
    assert not Presence.objects.exists()


# --- For those who poll -------------------------------------------------------------------------


@pytest.mark.django_db
def test_poll_answers_with_all_parts_and_then_nothing_until_something_changes(client, one_part, live):
    address = reverse("board", args=[live.pk])
    first = client.get(address)
    assert '<p class="glass viewers" id="viewers">' in first.text
    mark = first.text.split('id="board-mark" value="')[1].split('"')[0]
    page = client.get(address, {"seen": mark})

    assert page.status_code == 204

    retitle(live, "Hello!")
    page = client.get(address, {"seen": mark})

    assert page.status_code == 200


@pytest.mark.django_db
def test_poll_of_the_board_stops_with_the_live(client, live):
    end_session(live, by="creator")
    page = client.get(reverse("board", args=[live.pk]))

    assert page.status_code == 286


@pytest.mark.django_db
def test_who_polls_is_a_viewer_too_also_of_the_most_at_once(client, live):
    client.get(reverse("board", args=[live.pk]))
    assert viewers_now(live) == 1
    live.refresh_from_db()
    assert live.peak_viewers == 1


# --- Viewers now --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_viewers_are_those_of_all_processes_that_spoke_lately(live):
    ours, others, dead = (process_of(kind) for kind in ("a", "b", "c"))
    say_viewers(live.pk, ours, 3, now=NOW)
    say_viewers(live.pk, ours, 2, now=NOW)
    say_viewers(live.pk, others, 5, now=NOW)
    say_viewers(live.pk, dead, 90, now=NOW - timedelta(seconds=21))
    with time_machine.travel(NOW, tick=False):
        assert viewers_now(live) == 7
        say_viewers(live.pk, others, 0)
        assert viewers_now(live) == 2


@pytest.mark.django_db
def test_what_dead_processes_said_is_deleted_after_a_minute(live):
    say_viewers(live.pk, process_of("dead"), 90, now=NOW - timedelta(seconds=61))
    say_viewers(live.pk, process_of("quiet"), 1, now=NOW - timedelta(seconds=59))
    with time_machine.travel(NOW, tick=False):
        forgotten = forget_old_presence()

    assert forgotten == 1


@pytest.mark.django_db
def test_most_viewers_at_once_are_kept(live):
    for viewers in (3, 8, 5):
        keep_peak(live, viewers)
    live.refresh_from_db()
    assert live.peak_viewers == 8


@pytest.mark.django_db
def test_pollers_cost_three_queries_every_few_seconds(live, django_assert_num_queries):
    pollers = Pollers()
    with django_assert_num_queries(3):  # viewers in this room, viewers in all rooms, the most at once
        for who in ("vera", "noor", "vera", "192.0.2.1"):
            pollers.note(live, who)
    assert viewers_now(live) == 1  # the next update comes after five seconds, with all viewers


@pytest.mark.django_db
def test_process_keeps_no_live_in_mind_that_nobody_polls_any_more(live):
    pollers, other = Pollers(), make_session(make_creator("Nova"))
    pollers.note(live, "vera", now=0)
    pollers.note(other, "noor", now=61)
    assert list(pollers._seen) == list(pollers._said) == [other.pk]


@pytest.mark.django_db
def test_board_of_a_live_holds_nothing_of_another(live):
    other = make_session(make_creator("Nova", followers=1_000))
    Comment.objects.create(session=other, author=make_user("Vera"), text="A word for Nova alone")
    assert "Nova alone" not in "".join(board.read_board(live).values())
