"""A fresh database on the given PostgreSQL, and Django on it. Import models only after `fresh_database()`."""

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "ovation_bench"


def fresh_database(server_url):
    """Drop and make the benchmark's database, migrate it, and connect this process; return its address."""
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{NAME}"))
    os.environ["DATABASE_URL"], os.environ["DJANGO_SETTINGS_MODULE"] = url, "bench.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from bench.peers.tutorial.models import create_tables

    create_tables()
    return url
