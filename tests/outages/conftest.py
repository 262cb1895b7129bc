"""A site on a database of its own: Vera with 1,000 coins in a live of Cleo's, and one web process."""

from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection

from people.signing_in.sessions import SessionStore
from tests.factories import make_session, make_user
from tests.outages.cluster import Cluster, copied
from tests.outages.visitor import Visitor
from tests.real_server import serving


@dataclass
class World:
    """A copy of the database, and the ids of Cleo's live and of Vera's session in it."""

    cluster: Cluster
    live: str
    session_key: str


@pytest.fixture(scope="session")
def world(django_db_setup, django_db_blocker):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: TEST_DATABASE=postgres")
    with django_db_blocker.unblock():
        live, vera = make_session(), make_user("Vera", coins=1_000)
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(vera.pk), vera.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.save()
        with copied("max_connections = 40", "synchronous_commit = on") as cluster:
            call_command("flush", interactive=False, verbosity=0)
            connection.close()
            yield World(cluster, str(live.pk), session.session_key)


@pytest.fixture(scope="session")
def server(world):
    with serving(DATABASE_URL=world.cluster.url, LOG_LEVEL="ERROR") as (server,):
        yield server


@pytest.fixture
def vera(world, server):
    return Visitor(server, world)
