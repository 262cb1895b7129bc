"""django-hordak's transfer between two accounts, one thread, a database of its own. Prints transfers a second."""

import sys
import time
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "hordak_bench"
NOT_INSTALLED = 3


def main(server_url, seconds):
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
    _set_up(urlunsplit(urlsplit(server_url)._replace(path=f"/{NAME}")))
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(_transfers_per_second(seconds))


def _set_up(url):
    import environ
    from django.conf import settings

    database = environ.Env.db_url_config(url) | {"ENGINE": "django.db.backends.postgresql"}
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DEFAULT_CURRENCY="USD",
        CURRENCIES=["USD"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="only-for-benchmarks",
        USE_TZ=True,
    )
    import django

    django.setup()


def _transfers_per_second(seconds):
    from hordak.models import Account, AccountType
    from moneyed import Money

    viewer = Account.objects.create(name="Viewer", type=AccountType.liability, code="1", currencies=["USD"])
    house = Account.objects.create(name="House", type=AccountType.income, code="2", currencies=["USD"])
    coin = Money("0.01", "USD")
    for length in (1, seconds):
        moved, ends = 0, time.perf_counter() + length
        while time.perf_counter() < ends:
            viewer.transfer_to(house, coin)
            moved += 1
    return moved / seconds


if __name__ == "__main__":
    try:
        import hordak  # noqa: F401
    except ImportError:
        sys.exit(NOT_INSTALLED)
    main(sys.argv[1], int(sys.argv[2]))
