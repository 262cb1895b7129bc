"""A stream that is open while the database restarts continues without a gap."""

import http.client
import re
import time

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_open_stream_hears_the_taps_after_a_restart(world, server, vera):
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    line.request("GET", f"/live/{world.live}/events/", headers={"Host": "localhost"})
    stream = line.getresponse()
    vera.tap()

    world.cluster.restart()
    taps = [re.search(r'data-tap="(\d+)"', vera.tap().body)[1] for _ in range(3)]
    heard, until = "", time.monotonic() + 15
    while not all(f'data-tap="{tap}"' in heard for tap in taps) and time.monotonic() < until:
        heard += stream.readline().decode()

    assert [heard.count(f'data-tap="{tap}"') for tap in taps] == [1, 1, 1]
    line.close()
