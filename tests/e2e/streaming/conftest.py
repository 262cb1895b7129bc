"""Pages of these tests open on the real server, which streams, instead of the one inside the tests."""

import pytest

from tests.real_server import serving


@pytest.fixture
def server(transactional_db):
    with serving() as (server,):
        yield server


@pytest.fixture
def live_url(server):
    return server.url
