"""Sharing: the addresses of a live and of a creator's page, and a code that leads to them."""

import re

import pytest
from django.urls import reverse

from live.sessions import end_session
from live.sharing import QUIET_ZONE, code_of
from tests.factories import make_creator, make_session, make_user

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
    assert f"QR code of {page}" in client.get(reverse("creator", args=[cleo.handle])).text

    client.force_login(cleo.user)
    during = client.get(reverse("studio")).text
    assert f"QR code of {room}" in during
    end_session(live, by="creator")
    assert f"QR code of {page}" in client.get(reverse("studio")).text
    after = client.get(reverse("share", args=[live.pk])).text
    assert "This live has ended." in after
    assert "Your page" in after
    assert room not in after


@pytest.mark.django_db
def test_page_to_share_takes_one_statement_for_a_stranger_and_five_for_others(client, django_assert_num_queries):
    live = make_session()
    with django_assert_num_queries(1):
        client.get(reverse("share", args=[live.pk]))
    client.force_login(make_user())
    with django_assert_num_queries(5):  # log-in, user, live, coins, notices
        client.get(reverse("share", args=[live.pk]))
