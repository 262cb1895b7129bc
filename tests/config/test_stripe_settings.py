"""Stripe's settings: its keys say whether money is real, and coins of test cards never become dollars."""

import re

import pytest

from tests.config.test_settings import COMPLETE, PAYPAL, PRODUCTION, SERVER, collected, run  # noqa: F401

pytestmark = pytest.mark.once

STRIPE = {
    "PAYMENT_PROVIDER": "stripe",
    "STRIPE_SECRET_KEY": "sk_live_0123456789abcdef",
    "STRIPE_WEBHOOK_SECRET": "whsec_0123456789abcdef",
}
TEST_KEY = {**STRIPE, "STRIPE_SECRET_KEY": "sk_test_0123456789abcdef"}


@pytest.mark.parametrize("missing", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_stripe_without_its_keys_does_not_start(missing):
    start = run(SERVER, **{**PRODUCTION, **STRIPE, missing: ""})
    assert start.returncode != 0
    assert "so STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are needed" in start.stderr


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("STRIPE_SECRET_KEY", "pk_live_0123456789abcdef", "STRIPE_SECRET_KEY isn't a secret key of Stripe"),
        ("STRIPE_SECRET_KEY", "whsec_0123456789abcdef", "STRIPE_SECRET_KEY isn't a secret key of Stripe"),
        ("STRIPE_WEBHOOK_SECRET", "we_0123456789abcdef", "STRIPE_WEBHOOK_SECRET isn't the signing secret"),
        ("STRIPE_METHODS", "card,cheque", "STRIPE_METHODS is 'card,cheque'. Name card, bank, or both"),
        ("STRIPE_API", "http://api.stripe.com", "STRIPE_API must be an https:// address"),
        ("STRIPE_CHECKOUT", "https://pay.example.com/x", "STRIPE_CHECKOUT must be an https:// address without a path"),
    ],
)
def test_setting_of_stripe_that_makes_no_sense_stops_the_start_and_shows_no_key(setting, value, words):
    start = run(SERVER, **{**PRODUCTION, **STRIPE, setting: value})
    assert start.returncode != 0
    assert words in start.stderr
    assert "0123456789abcdef" not in start.stderr


def test_coins_of_test_cards_beside_real_dollars_stop_the_start():
    start = run(SERVER, **{**PRODUCTION, **PAYPAL, **TEST_KEY, "PAYPAL_LIVE": "1"})
    assert start.returncode != 0
    assert "STRIPE_SECRET_KEY is a test key, whose coins cost nothing" in start.stderr


def test_real_money_on_both_sides_starts():
    start = run(SERVER, **{**PRODUCTION, **PAYPAL, **STRIPE, "PAYPAL_LIVE": "1"})
    assert start.returncode == 0, start.stderr


@pytest.mark.parametrize(
    ("providers", "moves"),
    [
        ({}, "False"),
        ({**PAYPAL}, "False"),
        ({**PAYPAL, **STRIPE, "PAYPAL_LIVE": "1"}, "True"),
        (TEST_KEY, "True"),
        ({**TEST_KEY, "PAYMENT_PROVIDER": "stripe,sandbox"}, "True"),
    ],
)
def test_money_moves_where_a_provider_other_than_the_sandbox_takes_it(providers, moves):
    start = run(["-c", "import config.settings as s; print(s.MONEY_MOVES)"], **{**PRODUCTION, **providers})
    assert start.stdout.split() == [moves], start.stderr


def test_methods_may_have_spaces_between_them():
    start = run(
        ["-c", "import config.settings as s; print(*s.STRIPE_METHODS)"], **PRODUCTION, STRIPE_METHODS="card, bank"
    )
    assert start.stdout.split() == ["card", "bank"], start.stderr


def test_requests_to_stripe_are_logged_at_no_level():
    show = "import django, logging; django.setup(); "
    show += "[logging.getLogger(name).info('sk_live_0') for name in ('stripe', 'urllib3.connectionpool')]"

    logged = run(["-c", show], **COMPLETE, DJANGO_SETTINGS_MODULE="config.settings", LOG_LEVEL="DEBUG").stderr

    assert "sk_live_0" not in logged


def test_two_providers_side_by_side_are_named_with_a_comma():
    both = {**PRODUCTION, **TEST_KEY, "PAYMENT_PROVIDER": " stripe, sandbox ,stripe,"}
    start = run(["-c", "import config.settings as s; print(s.PAYMENT_PROVIDER)"], **both)
    assert start.stdout.split() == ["stripe,sandbox"], start.stderr


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({**STRIPE, "PAYMENT_PROVIDER": "stripe,sandbox"}, "beside stripe with a live key"),
        ({**STRIPE, "PAYMENT_PROVIDER": "stripe,pigeon"}, "PAYMENT_PROVIDER is 'pigeon', which isn't known"),
        ({"PAYMENT_PROVIDER": "sandbox,stripe"}, "so STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are needed"),
        ({**PAYPAL, **TEST_KEY, "PAYPAL_LIVE": "1", "PAYMENT_PROVIDER": "stripe,sandbox"}, "coins cost nothing"),
        ({**TEST_KEY, "DEMO": "1"}, "Set PAYMENT_PROVIDER=stripe,sandbox to have both."),
    ],
)
def test_providers_that_cannot_stand_side_by_side_stop_the_start(more, words):
    start = run(SERVER, **{**PRODUCTION, **more})
    assert start.returncode != 0
    assert words in start.stderr


@pytest.mark.parametrize(("keys", "said"), [(TEST_KEY, {"I001", "I005"}), (STRIPE, {"I001", "W012"})])
def test_deploy_check_says_whether_the_key_of_stripe_moves_money(collected, keys, said):  # noqa: F811
    check = run(["manage.py", "check", "--deploy"], **{**COMPLETE, **keys}, STATIC_ROOT=collected)
    assert set(re.findall(r"ovation\.(\w+)", check.stderr)) == said
    assert "0123456789abcdef" not in check.stderr
