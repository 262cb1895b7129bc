"""News for the overlay: its live, its mark, and test gifts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from live.gifts.test_gifts import send_test_gift
from live.models import TestGift
from live.sessions.sessions import end_session
from tests.factories import make_creator, make_session, tap
from tests.live.overlay.obs import gift_called, news, page_of
from tests.reading import as_shown

pytestmark = pytest.mark.django_db


def test_between_lives_there_is_nothing_to_listen_to(client, overlay):
    assert news(client, overlay) == {
        "session": None,
        "cursor": None,
        "settings": {
            "smallest_coins": 1,
            "seconds": 5,
            "position": "bottom-left",
            "size": "medium",
            "text": "{name} sent {gift} {count}",
            "sound": "none",
            "volume": 60,
            "reads_aloud": False,
            "variants": [],
        },
        "tests": [],
        "unsaid": [],
        "mark": 0,
    }


@pytest.mark.django_db(transaction=True)  # on PostgreSQL a tap's own transaction must commit before the feed reads it
def test_page_that_was_just_opened_begins_behind_the_newest_tap_and_the_newest_test(client, cleo, overlay, vera):
    live = make_session(cleo)
    for _ in range(3):
        tap(vera, live)
    sample = send_test_gift(cleo, gift_called("panda"))

    told = news(client, overlay)

    assert told["session"] == {
        "id": str(live.pk),
        "events": f"/live/{live.pk}/events/",
        "feed": f"/live/{live.pk}/feed/",
    }
    assert (told["cursor"], told["tests"], told["mark"]) == ("p3", [], sample.pk)


def test_page_that_is_open_is_told_no_cursor_so_a_new_live_counts_from_its_first_gift(client, cleo, overlay, vera):
    tap(vera, make_session(cleo))

    assert news(client, overlay, tests=0)["cursor"] is None


def test_live_that_ended_is_not_listened_to(client, cleo, overlay):
    end_session(make_session(cleo), by="creator")

    assert news(client, overlay)["session"] is None


def test_live_of_somebody_else_is_not_listened_to(client, overlay):
    make_session(make_creator("Nova"))

    assert news(client, overlay)["session"] is None


def test_test_gifts_behind_the_mark_come_once_in_order_as_rows_without_a_tap(client, cleo, overlay):
    first = send_test_gift(cleo, gift_called("panda"))
    send_test_gift(cleo, gift_called("supernova"))
    last = send_test_gift(cleo, gift_called("clover"))

    told = news(client, overlay, tests=first.pk)

    assert [row.split("sent ")[1].split("<")[0] for row in told["tests"]] == ["Supernova", "Clover"]
    assert 'data-quantity="1" data-coins="25"' in as_shown(told["tests"][1])
    assert "<strong>Cleo</strong>" in told["tests"][1]
    assert "data-tap" not in "".join(told["tests"])
    assert told["mark"] == last.pk
    assert news(client, overlay, tests=last.pk)["tests"] == []


def test_test_gift_of_long_ago_or_of_somebody_else_is_not_shown(client, cleo, overlay):
    old = send_test_gift(cleo, gift_called("panda"))
    TestGift.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(seconds=61))
    send_test_gift(make_creator("Nova"), gift_called("panda"))

    assert news(client, overlay, tests=0)["tests"] == []


@pytest.mark.once
@pytest.mark.parametrize("mark", ["-1", "x", "٣", "1.0", str(2**63), "1" * 5_000])
def test_mark_that_is_no_number_is_refused(client, overlay, mark):
    page = client.get(f"{page_of(overlay)}now/", {"tests": mark})

    assert page.status_code == 422


@pytest.mark.once
def test_names_with_markup_are_text_in_a_row(client, cleo, overlay):
    cleo.name = "<img src=x>"
    cleo.save()
    send_test_gift(cleo, gift_called("panda"))

    assert "<strong>&lt;img src=x&gt;</strong>" in news(client, overlay, tests=0)["tests"][0]


@pytest.mark.once
def test_demo_shows_examples_and_no_gift_of_anybody(client, overlay):
    page = client.get(page_of(overlay))

    assert page.text.count('class="lane') == 0

    shown = client.get(page_of(overlay), {"demo": "1"}).text
    assert shown.count('class="lane') == 4
    assert 'data-coins="1000"' in shown
    assert "data-tap" not in shown
