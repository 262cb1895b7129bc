"""Sharing: the addresses of a live and of a creator's page, and a code that leads to them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from live.models import LiveSession
from live.room.sharing import QUIET_ZONE, code_of
from live.sessions.sessions import end_session
from tests.factories import make_creator, make_session, make_user, tap

RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1H\1z")
FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def drawn(code):
    """Return the rows of a Code as text, 1 for a dark module; nothing but runs may be in its path."""
    rows = [["0"] * code.size for _ in range(code.size)]
    assert RUN.sub("", code.path) == ""
    for x, y, width in RUN.findall(code.path):
        for place in range(int(x), int(x) + int(width)):
            rows[int(y)][place] = "1"
    return ["".join(row) for row in rows]


def test_code_has_its_margin_and_three_finders_and_differs_by_address():
    rows = drawn(code_of("http://testserver/@cleo/"))

    assert rows[:QUIET_ZONE] == rows[-QUIET_ZONE:] == ["0" * len(rows)] * QUIET_ZONE
    near, far = QUIET_ZONE, len(rows) - QUIET_ZONE - 7
    for x, y in ((near, near), (far, near), (near, far)):
        assert [row[x : x + 7] for row in rows[y : y + 7]] == FINDER
    assert drawn(code_of("http://testserver/@cleo2/")) != rows


@pytest.mark.django_db
def test_addresses_are_those_of_the_host_one_came_to_and_only_a_running_live_is_shared(client):
    cleo = make_creator("Cleo")
    live = make_session(cleo, title="“Strings” & <more>")
    room, page = f"http://testserver/live/{live.pk}/", f"http://testserver/@{cleo.handle}/"

    for path in (reverse("room", args=[live.pk]), reverse("share", args=[live.pk])):
        shown = client.get(path).text
        assert f'id="live-url">{room}</code>' in shown
        assert f'id="page-url">{page}</code>' in shown
        assert f'<title id="share-code-title">QR code of {room}</title>' in shown
        assert f'd="{code_of(room).path}"' in shown
        assert "is live: “Strings” &amp; &lt;more&gt;" in shown
    shown = client.get(reverse("creator", args=[cleo.handle]))

    assert f"QR code of {page}" in shown.text

    client.force_login(cleo.user)
    during = client.get(reverse("studio")).text
    assert f"QR code of {room}" in during
    end_session(live, by="creator")
    shown = client.get(reverse("studio"))

    assert f"QR code of {page}" in shown.text

    after = client.get(reverse("share", args=[live.pk])).text
    assert "This live has ended." in after
    assert "Your page" in after
    assert room not in after


@pytest.mark.django_db
def test_page_to_share_takes_one_query_for_a_stranger_and_four_for_others(client, django_assert_num_queries):
    live = make_session()
    with django_assert_num_queries(1):
        client.get(reverse("share", args=[live.pk]))
    client.force_login(make_user())
    with django_assert_num_queries(4):  # log-in and user, live, coins, notices
        client.get(reverse("share", args=[live.pk]))


# --- The picture of a live that has ended ---------------------------------------------------------


@pytest.fixture
def ended(client, db):
    """A live of Cleo's: Vera gave by name, Imani as Somebody; Cleo is logged in."""
    cleo, vera, imani = make_creator("Cleo"), make_user("Vera", coins=10_000), make_user("Imani", coins=10)
    with time_machine.travel(datetime(2026, 3, 4, 20, tzinfo=UTC), tick=False) as clock:
        live = make_session(cleo)
        for gift, quantity in (
            ("panda", 12),
            ("spark", 40),
            ("clover", 1),
            ("encore", 1),
            ("spotlight", 1),
            ("skyline", 1),
        ):
            tap(vera, live, gift_slug=gift, quantity=quantity)
        clock.shift(timedelta(minutes=3))
        imani.is_somebody = True
        tap(imani, live)
        clock.shift(timedelta(minutes=65))
        end_session(live, by="creator")
    client.force_login(cleo.user)
    return live


def image(live):
    return reverse("share-image", args=[live.pk])


def facts(page):
    """Return the choices for the picture: {words: (number, checked at first)}."""
    found = re.findall(r'data-fact="(.*?)" data-words="(.*?)"( checked)?>', page)
    return {words: (number, bool(checked)) for number, words, checked in found}


def test_picture_says_gifts_and_how_many_gave_and_names_nobody_and_no_dollars(client, ended):
    shown = client.get(image(ended)).text
    (large,) = re.findall(r'data-number="(.*?)" data-words="(.*?)" data-day="(.*?)"', shown)

    assert large == ("57", "gifts", "4 March 2026")
    assert facts(shown) == {
        "gifters": ("2", True),
        "in a single minute": ("56", True),
        "live": ("1 h 08 min", True),
        "points": ("1,730", False),
    }
    assert re.findall(r'data-name="(.*?)" data-times="(.*?)"', shown) == [
        ("Skyline", "×1"), ("Spotlight", "×1"), ("Encore", "×1"), ("Panda", "×13"), ("Spark", "×40"),
    ]  # fmt: skip
    page = f"http://testserver/@{ended.creator.handle}/"
    assert f"57 gifts in “Friday strings”. Thank you for being there. {page}</textarea>" in shown
    for private in ("Vera", "Imani", "Somebody", "$17.30", "$8.65"):
        assert private not in shown
    page = client.get(reverse("summary", args=[ended.pk]))

    assert f'href="{image(ended)}"' in page.text


def test_picture_of_a_live_without_gifts_says_how_long_it_was(client, db):
    cleo = make_creator("Cleo", followers=0)
    with time_machine.travel(datetime(2026, 3, 4, 20, tzinfo=UTC), tick=False) as clock:
        live = make_session(cleo, title="<b>أغنيات</b>")
        LiveSession.objects.filter(pk=live.pk).update(peak_viewers=7)
        clock.shift(timedelta(minutes=48))
        end_session(live, by="creator")
    client.force_login(cleo.user)
    shown = client.get(image(live)).text

    assert 'data-number="48 min" data-words="live"' in shown
    assert facts(shown) == {"watching at once": ("7", True)}
    assert "“&lt;b&gt;أغنيات&lt;/b&gt;”, 48 min live. Thank you for being there." in shown
    assert "data-art" not in shown


def test_picture_is_its_creators_alone_and_waits_for_the_end(client, ended, django_assert_num_queries):
    with django_assert_num_queries(6):  # log-in and user, live, busiest minute, gifts; coins, notices
        page = client.get(image(ended))

    assert page.status_code == 200

    running = make_session(ended.creator)
    page = client.get(image(running))

    assert page["Location"] == reverse("studio")

    otto = make_user("Otto", is_staff=True, is_superuser=True)
    for somebody in (make_user("Vera"), make_creator("Nova", followers=0).user, otto):
        client.force_login(somebody)
        page = client.get(image(ended))

        assert page.status_code == 404
    client.force_login(otto)
    page = client.get(reverse("summary", args=[ended.pk]))

    assert image(ended) not in page.text


@pytest.mark.django_db
@pytest.mark.once
def test_every_public_page_is_shared_under_its_own_title_and_description(client):
    """Link previews show these tags: with “Ovation” alone every live looked the same."""
    cleo = make_creator("Cleo")
    live, ended = make_session(cleo, title="“Strings” & <more>"), make_session(make_creator("Nova"), title="Drums")
    end_session(ended, by="creator")
    pages = ["/", "/live/", "/economy/", f"/live/{live.pk}/", f"/live/{ended.pk}/", f"/@{cleo.handle}/"]
    pages += [f"/@{cleo.handle}/supporters/", "/accounts/login/", "/accounts/signup/"]

    said = [client.get(path).text for path in pages]

    for path, page in zip(pages, said, strict=True):
        title = re.search(r"<title>(.*?)(?: · Ovation)?</title>", page)[1]
        assert f'<meta property="og:title" content="{title}">' in page, path
        description = re.search(r'<meta name="description" content="(.*?)">', page)[1]
        assert f'<meta property="og:description" content="{description}">' in page, path
    assert 'content="“Strings” &amp; &lt;more&gt; with Cleo"' in said[3]
    assert "Nova was live on Ovation." in said[4]
