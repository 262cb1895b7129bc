"""The benchmark's database, and Django on it. Import models only after `connect()`."""

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME, MIGRATED = "ovation_bench", "ovation_bench_migrated"


def connect(server_url):
    """Migrate the database that each part begins with, and set up this process for a copy of it; return its address."""
    url = address_of(server_url, NAME)
    os.environ["DATABASE_URL"], os.environ["DJANGO_SETTINGS_MODULE"] = url, "bench.settings"
    import django

    django.setup()
    from django.core.management import call_command

    make_database(server_url, NAME)
    call_command("migrate", verbosity=0)
    _disconnect()
    make_database(server_url, MIGRATED, template=NAME)
    return url


def fresh_database(server_url):
    """Replace this process's database by an empty copy."""
    from django.core.cache import cache

    _disconnect()
    make_database(server_url, NAME, template=MIGRATED)
    cache.clear()


def address_of(server_url, name):
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


def make_database(server_url, name, *, template="template1"):
    """Replace a database by a copy of the template."""
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def _disconnect():
    """Close the pool: a database with connections can't be copied or dropped, and the pool would keep dead ones."""
    from django.db import connection

    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()
