"""`check --deploy --database default` names each default of the demo that a site in production still has."""

import pytest
from django.conf import settings as site

from config.deploy_checks import (
    demo_is_not_in_the_database,
    mails_come_from_this_site,
    play_money_is_said,
    processes_count_attempts_together,
    proxy_is_named_twice,
)
from live.demo.cast import PASSWORD
from payouts import play_money
from payouts.models import Withdrawal
from payouts.play_money import PlayMoney
from payouts.withdrawals.sending import send_withdrawals
from tests.factories import confirm, make_recharge, make_user


@pytest.fixture
def production(settings):
    settings.LOCAL = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL, settings.SITE_URL = "hello@ovation.test", "https://ovation.example.com"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache"}}
    return settings


@pytest.fixture
def go_live(production):
    """Return a function after which real money comes in and goes out."""

    def call():
        production.PAYMENT_PROVIDER, production.PAYOUT_PROVIDER, production.PAYOUTS_MOVE_MONEY = "bank", "paypal", True
        play_money.sandbox_coins_are_out.cache_clear()

    yield call
    play_money.sandbox_coins_are_out.cache_clear()


def found(check, **options):
    return [message.id.removeprefix("ovation.") for message in check(None, **options)]


def test_complete_site_hears_of_play_money_alone(production):
    assert found(play_money_is_said) == ["I002", "I001"]
    for check in (mails_come_from_this_site, processes_count_attempts_together, proxy_is_named_twice):
        assert found(check) == []


def test_real_money_on_both_sides_is_no_news(go_live):
    go_live()

    assert found(play_money_is_said) == []


def test_paypals_own_sandbox_is_named(production):
    production.PAYOUT_PROVIDER = "paypal"

    assert found(play_money_is_said) == ["I002", "I003"]


@pytest.mark.parametrize("backend", ["console", "filebased", "locmem", "dummy"])
def test_mails_that_leave_nowhere_are_named(production, backend):
    production.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"

    assert found(mails_come_from_this_site) == ["W002"]


def test_mails_from_an_example_and_without_links_are_named(production):
    production.DEFAULT_FROM_EMAIL, production.SITE_URL = "Ovation <hello@example.com>", ""

    assert found(mails_come_from_this_site) == ["W003", "I004"]


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_cache_of_one_process_is_named(production, backend):
    production.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}

    assert found(processes_count_attempts_together) == ["W004"]


@pytest.mark.parametrize(
    ("header", "proxies", "named"),
    [
        (None, 0, []),
        (("HTTP_X_FORWARDED_PROTO", "https"), 1, []),
        (("HTTP_X_FORWARDED_PROTO", "https"), 0, ["W005"]),
        (None, 1, ["W005"]),
    ],
)
def test_proxy_that_is_half_named_is_said(production, header, proxies, named):
    production.SECURE_PROXY_SSL_HEADER, production.ALLAUTH_TRUSTED_PROXY_COUNT = header, proxies

    assert found(proxy_is_named_twice) == named


def test_development_and_the_demo_are_not_nagged(settings):
    assert settings.LOCAL
    checks = [play_money_is_said, mails_come_from_this_site, processes_count_attempts_together, proxy_is_named_twice]
    for check in [*checks, demo_is_not_in_the_database]:
        assert found(check, databases=["default"]) == []


# --- In the database ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_accounts_of_the_demo_are_named_while_their_password_is_the_known_one(production):
    vera = make_user("Vera", email="vera@example.com")
    vera.set_password(PASSWORD)
    vera.save()

    assert found(demo_is_not_in_the_database, databases=["default"]) == ["E002"]
    assert found(demo_is_not_in_the_database, databases=None) == []

    vera.set_password("another one, known to Vera alone")
    vera.save()
    assert found(demo_is_not_in_the_database, databases=["default"]) == []


@pytest.mark.django_db
def test_coins_of_the_sandbox_become_no_dollars(go_live):
    confirm(make_recharge(make_user("Mallory")))
    go_live()

    assert found(demo_is_not_in_the_database, databases=["default"]) == ["E003"]
    with pytest.raises(PlayMoney, match="their coins cost nothing"):
        send_withdrawals()
    assert Withdrawal.objects.exclude(status=Withdrawal.Status.REQUESTED).count() == 0


@pytest.mark.django_db
def test_open_recharge_of_the_sandbox_stops_no_payout(go_live):
    make_recharge(make_user("Vera"))
    go_live()

    assert found(demo_is_not_in_the_database, databases=["default"]) == []

    sent = send_withdrawals()

    assert sent == 0


@pytest.mark.django_db
def test_sandbox_pays_sandbox():
    confirm(make_recharge(make_user("Vera")))

    assert not site.PAYOUTS_MOVE_MONEY

    sent = send_withdrawals()

    assert sent == 0
