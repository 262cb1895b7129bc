"""PayPal: its keys, its addresses, and whether they are those of real money."""

import re
from urllib.parse import urlsplit

from config.settings.environment import LOCAL, env
from config.starting import StartRefused

PAYPAL_CLIENT_ID = env.str("PAYPAL_CLIENT_ID", default="")
PAYPAL_CLIENT_SECRET = env.str("PAYPAL_CLIENT_SECRET", default="")
PAYPAL_WEBHOOK_ID = env.str("PAYPAL_WEBHOOK_ID", default="")
# Off: PayPal's own sandbox, with play money.
PAYPAL_LIVE = env.bool("PAYPAL_LIVE", default=False)
_sandbox = "" if PAYPAL_LIVE else "sandbox."
PAYPAL_API = env.str("PAYPAL_API", default=f"https://api-m.{_sandbox}paypal.com")
# The hosts from which a webhook's certificate may come, and the name in it.
PAYPAL_CERT_HOSTS = env.list("PAYPAL_CERT_HOSTS", default=[f"api.{_sandbox}paypal.com", f"api-m.{_sandbox}paypal.com"])
PAYPAL_CERT_NAME = env.str("PAYPAL_CERT_NAME", default=f"messageverificationcerts.{_sandbox}paypal.com")
PAYPAL_TIMEOUT_SECONDS = env.float("PAYPAL_TIMEOUT_SECONDS", default=5)
if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/?$", PAYPAL_API):
    raise StartRefused("PAYPAL_API must be an https:// address; plain http is for a test on this machine.")

# The address decides, not PAYPAL_LIVE alone. Plain http leads to this machine: in development and the demo to the
# tests' look-alike, in production perhaps to a proxy before the real PayPal.
_plays = urlsplit(PAYPAL_API).hostname in ("api-m.sandbox.paypal.com", "api.sandbox.paypal.com")
PAYPAL_MOVES_MONEY = PAYPAL_LIVE or not (_plays or (LOCAL and PAYPAL_API.startswith("http://")))
