"""The providers of recharges and withdrawals, and their numbers."""

import re

from django.core.exceptions import ImproperlyConfigured

from config.settings.environment import SECRET_KEY, env

PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", default="sandbox")
PAYOUT_PROVIDER = env.str("PAYOUT_PROVIDER", default="sandbox")
PAYPAL_CLIENT_ID = env.str("PAYPAL_CLIENT_ID", default="")
PAYPAL_CLIENT_SECRET = env.str("PAYPAL_CLIENT_SECRET", default="")
PAYPAL_WEBHOOK_ID = env.str("PAYPAL_WEBHOOK_ID", default="")
# Off: PayPal's own sandbox, with play money.
PAYPAL_LIVE = env.bool("PAYPAL_LIVE", default=False)
_sandbox = "" if PAYPAL_LIVE else "sandbox."
PAYPAL_API = env.str("PAYPAL_API", default=f"https://api-m.{_sandbox}paypal.com")
# Where the certificates of webhooks may come from, and whom they name.
PAYPAL_CERT_HOSTS = env.list("PAYPAL_CERT_HOSTS", default=[f"api.{_sandbox}paypal.com", f"api-m.{_sandbox}paypal.com"])
PAYPAL_CERT_NAME = env.str("PAYPAL_CERT_NAME", default=f"messageverificationcerts.{_sandbox}paypal.com")
PAYPAL_TIMEOUT_SECONDS = env.float("PAYPAL_TIMEOUT_SECONDS", default=5)
if PAYOUT_PROVIDER == "paypal" and not (PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET and PAYPAL_WEBHOOK_ID):
    raise ImproperlyConfigured(
        "PAYOUT_PROVIDER is paypal, so PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET and PAYPAL_WEBHOOK_ID are needed: "
        "PayPal shows all three in the settings of your app there."
    )
if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/?$", PAYPAL_API):
    raise ImproperlyConfigured("PAYPAL_API must be an https:// address; plain http is for a test on this machine.")
# Signs the sandbox provider's callbacks. Derived, so that a fresh checkout needs no extra key.
SANDBOX_WEBHOOK_SECRET = env.str("SANDBOX_WEBHOOK_SECRET", default=f"sandbox-webhook:{SECRET_KEY}")
WEBHOOK_WINDOW_SECONDS = env.int("WEBHOOK_WINDOW_SECONDS", default=300)
RECHARGE_ABANDONED_AFTER_MINUTES = env.int("RECHARGE_ABANDONED_AFTER_MINUTES", default=60)
# How long a worker that died holds a withdrawal, and how soon the provider is asked after one that it has just got.
PAYOUT_LEASE_SECONDS = env.float("PAYOUT_LEASE_SECONDS", default=120)
PAYOUT_ASK_SECONDS = env.float("PAYOUT_ASK_SECONDS", default=5)
