"""Pages of these tests open on the real server, which streams, instead of the one inside the tests."""

import pytest

from tests.real_server import serving


@pytest.fixture(scope="module")
def server_of_module(django_db_setup):
    """Serve the database of this process: to start takes a second, and nothing of an emptied database is kept."""
    with serving() as (server,):
        yield server


@pytest.fixture
def server(transactional_db, server_of_module):
    assert server_of_module.process.poll() is None, "a test has stopped the server and not started it again"
    return server_of_module


@pytest.fixture
def live_url(server):
    return server.url
