"""The settings, as a start of the site sees them: each test runs a process with an environment of its own."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

pytestmark = pytest.mark.once

GOOD_KEY = "kept-by-nobody-but-this-test-0123456789-abcdefghij"
PRODUCTION = {
    "SECRET_KEY": GOOD_KEY,
    "ALLOWED_HOSTS": "ovation.example.com",
    "DATABASE_URL": "postgres://ovation:secret@localhost:5432/ovation",
    "EMAIL_URL": "smtp+tls://user:secret@localhost:587",
    "PAYMENT_PROVIDER": "sandbox",
    "PAYOUT_PROVIDER": "sandbox",
}
# Of the demo's settings, only the providers stay.
COMPLETE = {
    **PRODUCTION,
    "DEFAULT_FROM_EMAIL": "Ovation <hello@ovation.site>",
    "SITE_URL": "https://ovation.example.com",
}
PAYPAL = {
    "PAYOUT_PROVIDER": "paypal",
    "PAYPAL_CLIENT_ID": "id-of-an-app",
    "PAYPAL_CLIENT_SECRET": "secret-of-an-app",
    "PAYPAL_WEBHOOK_ID": "id-of-a-webhook",
}
STRIPE = ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"]
BEGIN = "Begin it with one of these: "
# A server: any process that isn't manage.py.
SERVER = ["-c", "import config.settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE)"]


def run(arguments, **environment):
    # DEBUG=0 and the like are stated, so that a developer's .env can't answer in their place.
    unset = {"DEBUG": "0", "DEMO": "0", "PAYPAL_LIVE": "0", **dict.fromkeys([*PRODUCTION, *PAYPAL, *STRIPE], "")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "PYTHONWARNINGS": "ignore", **unset, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("key", ["", "short", "development-only-key-that-production-refuses"])
def test_server_without_a_good_secret_does_not_start(key):
    start = run(SERVER, **{**PRODUCTION, "SECRET_KEY": key})
    assert start.returncode != 0
    assert "SECRET_KEY is missing, shorter than 32 characters or the development one." in start.stderr


@pytest.mark.parametrize("setting", ["DATABASE_URL", "EMAIL_URL", "PAYMENT_PROVIDER", "PAYOUT_PROVIDER"])
def test_server_without_what_only_a_demo_may_leave_out_does_not_start(setting):
    start = run(SERVER, **{**PRODUCTION, setting: ""})
    assert start.returncode != 0
    assert f"{setting} is missing" in start.stderr


@pytest.mark.parametrize(
    ("setting", "known"), [("PAYMENT_PROVIDER", "sandbox, stripe"), ("PAYOUT_PROVIDER", "paypal, sandbox")]
)
@pytest.mark.parametrize("mode", [{}, {"DEMO": "1"}], ids=["production", "demo"])
def test_provider_that_is_not_known_stops_the_start(setting, known, mode):
    start = run(SERVER, **{**PRODUCTION, **mode, setting: "pigeon"})
    assert start.returncode != 0
    assert f"{setting} is 'pigeon', which isn't known. Known are: {known};" in start.stderr


@pytest.mark.parametrize("mode", [{}, {"DEMO": "1"}], ids=["production", "demo"])
@pytest.mark.parametrize(
    "real",
    [
        {"PAYPAL_LIVE": "1"},
        {"PAYPAL_LIVE": "1", "PAYPAL_API": "https://api-m.sandbox.paypal.com"},
        {"PAYPAL_API": "https://api-m.paypal.com"},
        {"PAYPAL_API": "https://proxy.example.com"},
    ],
    ids=["live", "live with the sandbox's address", "the live address", "another address"],
)
def test_free_coins_beside_real_dollars_stop_the_start(mode, real):
    start = run(SERVER, **{**PRODUCTION, **PAYPAL, **mode, **real})
    assert start.returncode != 0
    assert "PAYMENT_PROVIDER is sandbox, whose coins cost nothing" in start.stderr


def test_paypal_at_an_address_of_this_machine_is_real_in_production_alone():
    here = {**PRODUCTION, **PAYPAL, "PAYPAL_API": "http://127.0.0.1:9000"}
    assert "whose coins cost nothing" in run(SERVER, **here).stderr
    assert run(SERVER, **here, DEMO="1").returncode == 0


def test_play_money_on_both_sides_starts():
    assert run(SERVER, **PRODUCTION).returncode == 0
    assert run(SERVER, **{**PRODUCTION, **PAYPAL}).returncode == 0


def test_server_runs_without_debug_and_behind_tls():
    assert run(SERVER, **PRODUCTION).stdout.split() == ["False", "True", "True"]


def test_cookies_of_production_are_of_this_host_alone_and_https_is_kept_for_two_years():
    """A cookie named __Host- is dropped by browsers unless it is Secure, for the path / and without a domain."""
    names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_PATH CSRF_COOKIE_PATH SESSION_COOKIE_DOMAIN "
    names += "CSRF_COOKIE_DOMAIN SESSION_COOKIE_HTTPONLY CSRF_COOKIE_HTTPONLY SECURE_HSTS_SECONDS"
    show = f"from django.conf import settings as s; print(*(getattr(s, name) for name in {names.split()}))"
    shown = run(["-c", show], **PRODUCTION, DJANGO_SETTINGS_MODULE="config.settings").stdout.split()
    assert shown == ["__Host-sessionid", "__Host-csrftoken", "/", "/", "None", "None", "True", "True", "63072000"]


@pytest.fixture
def collected(tmp_path):
    """Return where the static files of a site are that has collected them, as far as a check can see."""
    names = [path for finder in get_finders() for path, _ in finder.list([])]
    manifest = {"paths": {name: name for name in names}, "version": "1.1", "hash": ""}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    return str(tmp_path)


def test_deploy_check_names_play_money_and_has_no_warning(collected):
    check = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], **COMPLETE, STATIC_ROOT=collected)
    assert check.returncode == 0, check.stderr
    assert re.findall(r"ovation\.\w+|security\.\w+", check.stderr) == ["ovation.I001", "ovation.I002"]


def test_deploy_check_names_what_production_may_leave_out(tmp_path):
    leaving_out = {"CACHE_URL": "locmemcache://", "BEHIND_PROXY": "1", "STATIC_ROOT": str(tmp_path)}
    check = run(["manage.py", "check", "--deploy"], **PRODUCTION, **leaving_out)
    found = set(re.findall(r"ovation\.\w+|security\.\w+", check.stderr))
    assert found == {f"ovation.{one}" for one in ("I001", "I002", "I004", "W003", "W004", "W005", "W006")}


@pytest.mark.parametrize("missing", ["PAYPAL_CLIENT_ID", "PAYPAL_CLIENT_SECRET", "PAYPAL_WEBHOOK_ID"])
def test_paypal_without_its_keys_does_not_start(missing):
    start = run(SERVER, **{**PRODUCTION, **PAYPAL, missing: ""})
    assert start.returncode != 0
    assert "PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET and PAYPAL_WEBHOOK_ID are needed" in start.stderr


@pytest.mark.parametrize("address", ["http://api-m.paypal.com", "http://127.0.0.1.example.com", "ftp://localhost"])
def test_paypal_is_called_by_https(address):
    start = run(SERVER, **{**PRODUCTION, **PAYPAL, "PAYPAL_API": address})
    assert start.returncode != 0
    assert "PAYPAL_API must be an https:// address" in start.stderr


@pytest.mark.parametrize(
    ("live", "api"), [("0", "https://api-m.sandbox.paypal.com"), ("1", "https://api-m.paypal.com")]
)
def test_real_money_moves_only_when_it_is_said(live, api):
    # With PAYPAL_LIVE the start is refused as long as recharges are the sandbox's; the module has its values by then.
    show = "print(s.PAYPAL_API, *s.PAYPAL_CERT_HOSTS)"
    load = "import contextlib, sys\nwith contextlib.suppress(Exception):\n import config.settings"
    start = run(
        ["-c", f"{load}\ns = sys.modules['config.settings.paypal']\n{show}"],
        **{**PRODUCTION, **PAYPAL, "PAYPAL_LIVE": live},
    )
    assert start.stdout.split() == [api, api[8:].replace("api-m", "api"), api[8:]]


def test_lease_shorter_than_what_a_worker_may_wait_for_paypal_is_refused():
    check = run(["manage.py", "check"], **{**PRODUCTION, **PAYPAL}, PAYPAL_TIMEOUT_SECONDS="7")
    assert check.returncode != 0
    assert "ovation.E001" in check.stderr
    assert "Set PAYOUT_LEASE_SECONDS to 126 or more." in check.stderr


def test_real_money_on_sqlite_is_warned_of(tmp_path):
    environment = {**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path / 'real.sqlite3'}"}
    check = run(["manage.py", "check"], **environment)
    assert check.returncode == 0, check.stderr
    assert "ovation.W001" in check.stderr
    assert "Real money belongs on PostgreSQL" in check.stderr


def test_demo_on_sqlite_is_not_nagged(tmp_path):
    environment = {"SECRET_KEY": GOOD_KEY, "DEMO": "1", "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}"}
    check = run(["manage.py", "check"], **environment)
    assert (check.returncode, check.stderr) == (0, "")


def test_env_example_names_every_setting():
    modules = "".join(path.read_text() for path in (settings.BASE_DIR / "config/settings").glob("*.py"))
    read = set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', modules))
    explained = set(re.findall(r"^# ([A-Z_]+)=", (settings.BASE_DIR / ".env.example").read_text(), flags=re.M))
    assert len(read) > 15
    assert explained == read


SHOW_ALL = (
    "import config.settings as s, json; print(json.dumps({n: repr(v) for n, v in vars(s).items() if n.isupper()}))"
)


def test_every_setting_that_is_another_in_the_demo_is_listed(tmp_path):
    """docs/production.md names what differs, so that no new default of the demo reaches production unseen."""
    given = {"SECRET_KEY": GOOD_KEY, "DATABASE_URL": f"sqlite:///{tmp_path / 'any.sqlite3'}"}
    demo = json.loads(run(["-c", SHOW_ALL], **given, DEMO="1").stdout)
    production = json.loads(run(["-c", SHOW_ALL], **{**PRODUCTION, **given}).stdout)
    listed = set(re.findall(r"`([A-Z_]+)`", (settings.BASE_DIR / "docs" / "production.md").read_text()))

    differing = {name for name in demo.keys() | production.keys() if demo.get(name) != production.get(name)}
    assert {"DEMO", "LOCAL", "SECURE_SSL_REDIRECT"} <= differing
    assert differing - listed == set()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TAPS_PER_SECOND", "-1", "TAPS_PER_SECOND is -1. Use 1 or more."),
        ("WEB_THREADS", "abc", "WEB_THREADS is 'abc'. Use a whole number."),
        ("STREAM_TICK_SECONDS", "0", "STREAM_TICK_SECONDS is 0.0. Use 0.05 or more."),
        ("BEHIND_PROXY", "maybe", "BEHIND_PROXY is 'maybe'. Use 1 for yes or 0 for no."),
        ("SITE_URL", "ovation.test", "SITE_URL is 'ovation.test'. Begin it with https://"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is 'LOUD'. Use DEBUG, INFO, WARNING or ERROR."),
        (
            "DATABASE_URL",
            "mongo://u:secret@h/db",
            f"DATABASE_URL begins with mongo://. {BEGIN}postgres://, postgresql://,",
        ),
        (
            "DATABASE_URL",
            "u:secret@h:5432/db",
            f"DATABASE_URL isn't a URL. {BEGIN}postgres://, postgresql://, sqlite://.",
        ),
        ("DATABASE_URL", "postgres://u:se/cret@h/db", "DATABASE_URL can't be read. The port is a number, and"),
        ("EMAIL_URL", "pigeon://u:secret@h", f"EMAIL_URL begins with pigeon://. {BEGIN}smtp+tls://, smtp+ssl://,"),
        ("CACHE_URL", "valkey://h", f"CACHE_URL begins with valkey://. {BEGIN}dbcache://, redis://, rediss://,"),
    ],
)
def test_setting_that_makes_no_sense_stops_the_start_by_its_name(name, value, words):
    start = run(SERVER, **{**COMPLETE, name: value})

    assert start.returncode != 0
    assert words in start.stderr
    assert "cret@h" not in start.stderr


@pytest.mark.parametrize(
    "start",
    [["manage.py", "check"], ["manage.py", "worker"], ["-c", "import config.asgi"], ["-c", "import config.wsgi"]],
    ids=["check", "worker", "asgi", "wsgi"],
)
def test_refused_start_prints_its_sentence_and_no_traceback(start):
    refused = run(start, **{**COMPLETE, "LOG_LEVEL": "LOUD"})

    assert refused.returncode == 1
    assert refused.stderr == "Ovation didn't start: LOG_LEVEL is 'LOUD'. Use DEBUG, INFO, WARNING or ERROR.\n"


def test_error_that_is_no_refused_setting_keeps_its_traceback():
    broken = run(["manage.py", "check"], **COMPLETE, DJANGO_SETTINGS_MODULE="no_such_settings")

    assert broken.returncode == 1
    assert broken.stderr.startswith("Traceback (most recent call last):")
    assert "ModuleNotFoundError: No module named 'no_such_settings'" in broken.stderr


def test_head_of_the_seals_is_logged_at_every_level_and_other_news_is_not():
    show = "import django, logging; django.setup(); "
    show += "logging.getLogger('wallet.seals').info('the head'); logging.getLogger('live.worker').info('other news')"

    logged = run(["-c", show], **COMPLETE, DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="ERROR").stderr

    assert logged.endswith(" INFO wallet.seals: the head\n")
    assert "other news" not in logged


def test_bucket_for_pictures_without_its_package_does_not_start():
    start = run(SERVER, **PRODUCTION, PICTURES_BUCKET="ovation-pictures")

    assert start.returncode != 0
    assert "PICTURES_BUCKET is set, which needs a package: pip install 'django-storages[s3]'" in start.stderr


def test_pictures_are_kept_in_the_folder_that_is_set():
    said = "import config.settings as s; print(s.MEDIA_ROOT, s.STORAGES['default']['BACKEND'])"

    start = run(["-c", said], **PRODUCTION, PICTURES_DIR="/srv/pictures")

    assert start.stdout.split() == ["/srv/pictures", "django.core.files.storage.FileSystemStorage"], start.stderr
