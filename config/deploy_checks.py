"""`check --deploy` names settings for a demo that don't stop the start; docs/production.md lists them."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.db import connections
from django.db.models import QuerySet

from config.static_files import files_not_collected
from live.demo.cast import ACCOUNTS, PASSWORD
from payouts.play_money import PLAY_MONEY, sandbox_coins_are_out
from people.models import User

# Backends that send no mail: to the console, to a file, to memory, nowhere.
WITHOUT_MAIL = ("console", "filebased", "locmem", "dummy")


@register(Tags.security, deploy=True)
def play_money_is_said(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Inform of providers that move no money. A site may open with them, so nothing stops."""
    if settings.LOCAL:
        return []
    found: list[CheckMessage] = []
    takers = settings.PAYMENT_PROVIDER.split(",")
    if "sandbox" in takers:
        problem = "Recharges are paid in the sandbox: everybody gets coins for nothing, and no money comes in."
        found.append(Info(problem, hint="Set PAYMENT_PROVIDER=stripe and Stripe's keys.", id="ovation.I002"))
    if "stripe" in takers and not settings.STRIPE_LIVE:
        problem = "Recharges are paid with a test key of Stripe: test cards get coins for nothing, no money comes in."
        hint = "Set STRIPE_SECRET_KEY to the live key, and STRIPE_WEBHOOK_SECRET to that of the live endpoint."
        found.append(Info(problem, hint=hint, id="ovation.I005"))
    if settings.PAYOUT_PROVIDER == "sandbox":
        problem = "Withdrawals go to the sandbox: they are called paid here, and nobody gets any money."
        found.append(Info(problem, hint="Set PAYOUT_PROVIDER=paypal and PayPal's keys.", id="ovation.I001"))
    elif not settings.PAYOUTS_MOVE_MONEY:
        problem = "Withdrawals go to PayPal's own sandbox: they are called paid here, and nobody gets any money."
        found.append(Info(problem, hint="Set PAYPAL_LIVE=1 and the keys of the live app.", id="ovation.I003"))
    return found


@register(Tags.security, deploy=True)
def money_that_comes_in_can_go_out(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of real money for coins beside withdrawals that pay nobody."""
    takes_money = "stripe" in settings.PAYMENT_PROVIDER.split(",") and settings.STRIPE_LIVE
    if settings.LOCAL or settings.PAYOUTS_MOVE_MONEY or not takes_money:
        return []
    problem = "Viewers pay real money for coins, and withdrawals pay nobody: creators would never get their share."
    return [Warning(problem, hint="Set PAYOUT_PROVIDER=paypal and PAYPAL_LIVE=1.", id="ovation.W012")]


@register(Tags.security, deploy=True)
def addresses_are_stripes_own(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a STRIPE_API that isn't Stripe's: the secret key is sent there."""
    asks_stripe = "stripe" in settings.PAYMENT_PROVIDER.split(",")
    if settings.LOCAL or not asks_stripe or settings.STRIPE_API == "https://api.stripe.com":
        return []
    problem = f"STRIPE_API is {settings.STRIPE_API}: the secret key of Stripe is sent there."
    return [Warning(problem, hint="Unset STRIPE_API, unless it is a proxy of yours.", id="ovation.W013")]


@register(Tags.security, deploy=True)
def mails_come_from_this_site(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.LOCAL:
        return []
    found: list[CheckMessage] = []
    if any(f".{name}." in settings.EMAIL_BACKEND for name in WITHOUT_MAIL):
        problem = f"EMAIL_URL sends no mail ({settings.EMAIL_BACKEND}): nobody gets the code that sign-up asks for."
        found.append(Warning(problem, hint="Set EMAIL_URL=smtp+tls://user:password@host:587.", id="ovation.W002"))
    if "@example." in settings.DEFAULT_FROM_EMAIL:
        problem = f"Mails come from {settings.DEFAULT_FROM_EMAIL}: other servers refuse them."
        found.append(Warning(problem, hint="Set DEFAULT_FROM_EMAIL to an address of yours.", id="ovation.W003"))
    if not settings.SITE_URL:
        problem = "Mails have no links, because SITE_URL is empty."
        found.append(Info(problem, hint="Set SITE_URL=https://<your site>.", id="ovation.I004"))
    return found


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.LOCAL or "*" not in settings.ALLOWED_HOSTS:
        return []
    problem = "ALLOWED_HOSTS is *: a request may name any host, and links in pages and mails may follow it."
    return [Warning(problem, hint="Name the hosts of the site, with commas.", id="ovation.W011")]


@register(Tags.security, deploy=True)
def processes_count_attempts_together(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    backend = settings.CACHES["default"]["BACKEND"]
    if settings.LOCAL or not any(f".{name}." in backend for name in ("locmem", "dummy")):
        return []
    problem = f"CACHE_URL is {backend}: each process counts failed log-ins alone, or none does."
    return [Warning(problem, hint="Unset CACHE_URL, or name a cache that all share.", id="ovation.W004")]


@register(Tags.security, deploy=True)
def proxy_is_named_twice(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn if only one of two settings is on: one trusts the proxy's scheme, the other the addresses it reports."""
    behind_proxy = hasattr(settings, "SECURE_PROXY_SSL_HEADER") and settings.SECURE_PROXY_SSL_HEADER is not None
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if settings.LOCAL or behind_proxy == (proxies > 0):
        return []
    if behind_proxy:
        problem = (
            "BEHIND_PROXY is on and TRUSTED_PROXY_COUNT is 0: all visitors have the proxy's address, so a few failed "
            "log-ins of one of them lock out everybody."
        )
    else:
        problem = (
            f"TRUSTED_PROXY_COUNT is {proxies} and BEHIND_PROXY is off: without a proxy everybody may write the "
            "address in X-Forwarded-For that failed log-ins are counted for."
        )
    return [Warning(problem, hint="Set both, or neither.", id="ovation.W005")]


@register(Tags.security, deploy=True)
def static_files_are_collected(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    missing = files_not_collected()
    if not missing:
        return []
    problem = f"{len(missing)} static files aren't collected, for example {missing[0]}: each page is answered with 503."
    return [Warning(problem, hint="Run manage.py collectstatic.", id="ovation.W006")]


# --- In the database ----------------------------------------------------------------------------


@register(Tags.database)
def demo_is_not_in_the_database(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a database with the demo's accounts or play money. `migrate` runs this too, before the tables exist."""
    if settings.LOCAL or "default" not in (databases or ()):
        return []
    if not {"people_user", "wallet_recharge"} <= set(connections["default"].introspection.table_names()):
        return []
    found: list[CheckMessage] = []
    known = [
        email for email in _demo_accounts() if User.objects.only("password").get(email=email).check_password(PASSWORD)
    ]
    if known:
        problem = (
            f"Accounts of the demo are in this database, with the password that everybody knows: {', '.join(known)}."
        )
        found.append(Error(problem, hint="Use a database of its own for this site.", id="ovation.E002"))
    if settings.PAYOUTS_MOVE_MONEY and sandbox_coins_are_out():
        found.append(Error(PLAY_MONEY, hint="Use a database of its own for this site.", id="ovation.E003"))
    return found


def _demo_accounts() -> QuerySet[User, str]:
    return User.objects.filter(email__in=[email for email, *_ in ACCOUNTS]).values_list("email", flat=True)
