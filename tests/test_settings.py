"""The settings, as a start of the site sees them: each test runs a process with an environment of its own."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

GOOD_KEY = "kept-by-nobody-but-this-test-0123456789-abcdefghij"
PRODUCTION = {
    "SECRET_KEY": GOOD_KEY,
    "ALLOWED_HOSTS": "ovation.example.com",
    "DATABASE_URL": "postgres://ovation:secret@localhost:5432/ovation",
    "EMAIL_URL": "smtp+tls://user:secret@localhost:587",
}
PAYPAL = {
    "PAYOUT_PROVIDER": "paypal",
    "PAYPAL_CLIENT_ID": "id-of-an-app",
    "PAYPAL_CLIENT_SECRET": "secret-of-an-app",
    "PAYPAL_WEBHOOK_ID": "id-of-a-webhook",
}
# A server: any process that isn't manage.py.
SERVER = ["-c", "import config.settings as s; print(s.DEBUG, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE)"]


def run(arguments, **environment):
    # DEBUG=0 and the like are stated, so that a developer's .env can't answer in their place.
    unset = {"DEBUG": "0", "DEMO": "0", "SECRET_KEY": "", "EMAIL_URL": "", "PAYOUT_PROVIDER": "sandbox"}
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


def test_server_without_mail_does_not_start():
    start = run(SERVER, **{**PRODUCTION, "EMAIL_URL": ""})
    assert start.returncode != 0
    assert "EMAIL_URL is missing" in start.stderr


def test_server_runs_without_debug_and_behind_tls():
    assert run(SERVER, **PRODUCTION).stdout.split() == ["False", "True", "True"]


def test_deploy_check_has_no_warning():
    check = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], **PRODUCTION, **PAYPAL)
    assert check.returncode == 0, check.stderr
    assert "no issues" in check.stdout


def test_a_site_whose_withdrawals_pay_nobody_is_told_so_and_starts():
    check = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], **PRODUCTION)
    assert check.returncode == 0, check.stderr
    assert "ovation.I001" in check.stderr
    assert "nobody gets any money" in check.stderr


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
    show = ["-c", "import config.settings as s; print(s.PAYPAL_API, *s.PAYPAL_CERT_HOSTS)"]
    start = run(show, **{**PRODUCTION, **PAYPAL, "PAYPAL_LIVE": live})
    assert start.stdout.split() == [api, api[8:].replace("api-m", "api"), api[8:]]


def test_lease_shorter_than_what_a_worker_may_wait_for_paypal_is_refused():
    check = run(["manage.py", "check"], **PRODUCTION, **PAYPAL, PAYPAL_TIMEOUT_SECONDS="7")
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
