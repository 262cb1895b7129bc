"""The summary of a live, for its creator and the operators; Mallory gets 404."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from live.comments.comments import remove_comment, write_comment
from live.models import Follow, LiveSession
from live.sessions.sessions import end_session
from live.totals.stats import best_minute
from payouts.models import DiamondRate
from tests.factories import add_followers, make_creator, make_session, make_user, tap
from tests.htmx import HTMX
from tests.live.summary.addresses import summary

pytestmark = pytest.mark.django_db


def test_summary_says_what_came_in(client, ended):
    shown = client.get(summary(ended)).content.decode()

    assert '<p class="big">$25.50</p>' in shown
    assert "5,100 points became 5,100 diamonds" in shown
    assert "<span>Gifts</span> <strong>21</strong>" in shown
    assert "<span>Gifters</span> <strong>2</strong>" in shown
    assert "Viewers paid $51.00 for these coins at $0.01 each. <a" in shown
    assert "<strong>$25.50</strong> <small>Ovation kept</small>" in shown
    assert shown.index("Vera") < shown.index("Imani")
    assert "Thank all 2" in shown


def test_best_minute_is_the_first_with_the_most_points(client, vera, imani):
    start = datetime(2026, 3, 4, 20, 0, 10, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        session = make_session()
        assert best_minute(session) is None
        for seconds, viewer, gift, quantity in (
            (30, imani, "spark", 9),
            (75, vera, "clover", 2),
            (80, imani, "panda", 4),
            (200, vera, "clover", 2),
            (215, imani, "panda", 4),
        ):
            clock.move_to(start + timedelta(seconds=seconds))
            tap(viewer, session, gift_slug=gift, quantity=quantity)
        session.peak_viewers = 31
        session.save(update_fields=["peak_viewers"])
        end_session(session, by="creator")
        client.force_login(session.creator.user)
        shown = client.get(summary(session)).text

    assert best_minute(session) == (datetime(2026, 3, 4, 20, 1, tzinfo=UTC), 6, 70)
    assert "Best minute: 20:01 UTC, with 6 gifts and 70 points. At most 31 people watched at once." in shown


def test_summary_keeps_the_dollars_of_its_day(client, ended):
    DiamondRate.objects.create(micros=4_000, reason_given="Lower from now on.")

    shown = client.get(summary(ended)).content.decode()

    assert '<p class="big">$25.50</p>' in shown
    assert "worth $0.005 each at that moment" in shown


def test_summary_of_19999_points_is_never_rounded_up_and_says_where_the_rest_is(client):
    vera, session = make_user("Vera", coins=20_000), make_session()
    tap(vera, session, gift_slug="spark", quantity=99)
    tap(vera, session, gift_slug="encore", quantity=99)
    tap(vera, session, gift_slug="supernova")
    end_session(session, by="creator")
    client.force_login(session.creator.user)

    shown = client.get(summary(session)).text
    assert '<p class="big">$99.99</p>' in shown
    rounded = "$99.99 is $99.995 rounded down to the cent; what is below a cent isn’t lost, it stays in the diamonds."
    assert f"worth $0.005 each at that moment. {rounded} The rate can change" in shown
    assert shown.count("rounded down") == 1


def test_one_panda_is_two_cents_and_a_half_and_every_page_that_says_two_says_why(client):
    session = make_session()
    tap(make_user("Vera", coins=5), session)
    client.force_login(session.creator.user)
    why = "$0.02 is $0.025 rounded down to the cent"

    page = client.get("/live/studio/")

    assert f"into 5 diamonds ($0.02). {why}" in page.text

    end_session(session, by="creator")
    page = client.get(summary(session))

    assert why in page.text

    page = client.get("/live/studio/")

    assert why in page.text


def test_whole_cents_need_no_reason(client):
    session = make_session()
    tap(make_user("Vera", coins=10), session, quantity=2)
    end_session(session, by="creator")
    client.force_login(session.creator.user)

    pages = client.get(summary(session)).text + client.get("/live/studio/").text

    assert "rounded down" not in pages


def compared(page):
    """Return the page's comparison with the live before: {name: (number, words)}."""
    return {name: (now, words) for name, now, words in re.findall(r"<dt>(.*?)</dt><dd>(.*?)<small>(.*?)</small>", page)}


def test_summary_compares_everything_with_the_live_before(client, vera, imani, django_assert_num_queries):
    cleo, yara, start = make_creator("Cleo"), make_user("Yara", coins=100), datetime(2026, 3, 4, 20, tzinfo=UTC)

    def play(number, gave, *, minutes, followers, lines, watching):
        with time_machine.travel(start + timedelta(days=number), tick=False) as clock:
            live = make_session(cleo, title=f"Set {number}")
            for viewer, gift, quantity, viewer.is_somebody in gave:
                tap(viewer, live, gift_slug=gift, quantity=quantity)
            add_followers(cleo, followers)
            Follow.objects.filter(pk__in=cleo.followers.order_by("-pk").values("pk")[:followers]).update(
                created_at=live.started_at
            )
            comments = [
                write_comment(author=author, session_id=live.pk, comment_id=uuid4(), text=f"{author} is here").comment
                for author in lines
            ]
            LiveSession.objects.filter(pk=live.pk).update(peak_viewers=watching)
            clock.shift(timedelta(minutes=minutes, seconds=59))
            end_session(live, by="creator")
        return live, comments

    first, _ = play(
        1, [(vera, "drama-queen", 1, False), (imani, "panda", 20, True)],
        minutes=64, followers=0, lines=[vera], watching=31,
    )  # fmt: skip
    second, lines = play(
        2, [(vera, "panda", 2, False), (imani, "panda", 1, False), (yara, "spark", 95, True)],
        minutes=9, followers=3, lines=[vera, imani, yara, cleo.user], watching=31,
    )  # fmt: skip
    remove_comment(lines[1], by=cleo.user)
    client.force_login(cleo.user)
    shown = client.get(summary(second)).text

    # Imani gave by name for the first time. Gifts as Somebody are not linked across lives.
    assert "<span>Gifters</span> <strong>3</strong> <span>1 for the first time</span>" in shown
    assert "<span>Followers</span> <strong>+3</strong> <span>new in this live</span>" in shown
    assert "<span>Comments</span> <strong>2</strong> <span>in 9 min</span>" in shown
    assert compared(shown) == {
        "Gifts": ("98", "77 more than 21"),
        "Gifters": ("3", "1 more than 2"),
        "Gave for the first time": ("1", "the same as before"),
        "Points": ("110", "4,990 fewer than 5,100"),
        "Dollars": ("$0.55", "$24.95 less than $25.50"),
        "Gifts a minute": ("9.8", "9.5 more than 0.3"),
        "New followers": ("3", "3 more than 0"),
        "Most watching": ("31", "the same as before"),
        "Comments": ("2", "1 more than 1"),
        "Live for": ("9 min", "55 min shorter than 1 h 04 min"),
    }
    before = client.get(summary(first)).text
    assert "<strong>2</strong> <span>1 for the first time</span>" in before
    assert compared(before) == {}
    with django_assert_num_queries(12):
        client.get(summary(second))


@pytest.mark.once
def test_summary_of_a_live_without_gifts_is_kind(client):
    session = make_session()
    end_session(session, by="worker")
    client.force_login(session.creator.user)

    shown = client.get(summary(session)).content.decode()

    assert "No gifts this time" in shown
    assert "It ended by itself" in shown


@pytest.mark.once
def test_summary_while_live_leads_to_the_studio(client):
    session = make_session()
    client.force_login(session.creator.user)

    page = client.get(summary(session))

    assert page["Location"] == "/live/studio/"


def test_summary_is_for_its_creator_and_the_operator(client, ended, vera):
    mallory, sandra = make_creator("Mallory", followers=3).user, make_user("Sandra", is_staff=True)
    for somebody in (vera, mallory, sandra):
        client.force_login(somebody)
        statuses = [client.get(summary(ended)).status_code, client.get(summary(ended), headers=HTMX).status_code]

        assert statuses == [404, 404]
    client.force_login(make_user("Otto", is_staff=True, is_superuser=True))
    shown = client.get(summary(ended)).content.decode()
    assert "Cleo earned" in shown
    assert "Thank all" not in shown

    page = client.get(f"/live/{uuid4()}/summary/")

    assert page.status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_summary_takes_as_many_queries_for_3_gifters_as_for_1(client, count, django_assert_num_queries):
    session = make_session()
    for number in range(count):
        tap(make_user(f"Viewer{number}", coins=100), session, gift_slug=["panda", "spark", "clover"][number])
    end_session(session, by="creator")
    client.force_login(session.creator.user)

    # log-in, user, session; live before, rates, chart, best minute; thanked, how many gifters;
    # gifters, gifts; coins, notices
    with django_assert_num_queries(12):
        client.get(summary(session))
