"""Stripe: its keys, its addresses, and whether the secret key is one of real money."""

import re

from config.settings.environment import env
from config.starting import StartRefused

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
# `card`, and `bank` for debits of bank accounts in the US, whose money comes days later.
STRIPE_METHODS = [name.strip() for name in env.list("STRIPE_METHODS", default=["card"])]
STRIPE_API = env.str("STRIPE_API", default="https://api.stripe.com").rstrip("/")
# The site of Stripe's checkout pages. A browser is sent nowhere else.
STRIPE_CHECKOUT = env.str("STRIPE_CHECKOUT", default="https://checkout.stripe.com").rstrip("/")
STRIPE_TIMEOUT_SECONDS = env.float("STRIPE_TIMEOUT_SECONDS", default=5)

# A key says by its beginning whether it moves money: sk_live_, sk_test_, or rk_ where its rights are restricted.
_kind = re.match(r"[sr]k_(live|test)_\w+$", STRIPE_SECRET_KEY, re.ASCII)
STRIPE_LIVE = bool(_kind and _kind[1] == "live")

# No refusal shows a key: it may be the right one in the wrong place.
if STRIPE_SECRET_KEY and not _kind:
    raise StartRefused("STRIPE_SECRET_KEY isn't a secret key of Stripe: it begins with sk_live_, sk_test_ or rk_.")
if STRIPE_WEBHOOK_SECRET and not STRIPE_WEBHOOK_SECRET.startswith("whsec_"):
    raise StartRefused(
        "STRIPE_WEBHOOK_SECRET isn't the signing secret of an endpoint at Stripe: it begins with whsec_."
    )
if not STRIPE_METHODS or not set(STRIPE_METHODS) <= {"card", "bank"}:
    raise StartRefused(f"STRIPE_METHODS is {','.join(STRIPE_METHODS)!r}. Name card, bank, or both with a comma.")
for _name, _address in (("STRIPE_API", STRIPE_API), ("STRIPE_CHECKOUT", STRIPE_CHECKOUT)):
    if not re.match(r"https://[\w.-]+(:\d+)?$|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$", _address):
        raise StartRefused(
            f"{_name} must be an https:// address without a path; plain http is for tests on this machine."
        )
