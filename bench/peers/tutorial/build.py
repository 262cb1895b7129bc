"""Migrate the tutorial's database and fill it: a creator, viewers with coins, each signed in. Prints JSON.

python -m bench.peers.tutorial.build 640     with its DATABASE_URL
"""

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.tutorial.settings"
COINS = 1_000_000


def main(viewers):
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from bench.peers.tutorial.models import Present, Purse

    # The tables of users come first: those without migrations refer to them.
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
    names = ["cleo", *(f"viewer-{number}" for number in range(viewers))]
    creator, *people = User.objects.bulk_create([User(username=name) for name in names])
    Purse.objects.bulk_create([Purse(user=person, coins=COINS) for person in [creator, *people]])
    Present.objects.create(slug="panda", name="Panda", coins=5)
    print(json.dumps({"creator": creator.pk, "sessions": [sign_in(person) for person in people]}))


def sign_in(user):
    """Return the key of a session as log-in writes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key


if __name__ == "__main__":
    main(int(sys.argv[1]))
