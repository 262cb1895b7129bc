"""The providers of recharges and withdrawals, and their numbers."""

from config.settings.environment import DEMO, LOCAL, SECRET_KEY, env
from config.settings.paypal import PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET, PAYPAL_MOVES_MONEY, PAYPAL_WEBHOOK_ID
from config.settings.stripe import STRIPE_LIVE, STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET
from config.starting import StartRefused

PAYMENT_GATEWAYS = {"sandbox": "wallet.gateways.sandbox", "stripe": "wallet.gateways.stripe"}
PAYOUT_GATEWAYS = {"sandbox": "payouts.gateways.sandbox", "paypal": "payouts.gateways.paypal"}


def _known(setting: str, name: str, known: dict[str, str]) -> str:
    """Return the provider that the environment names. Only development and the demo have one by default."""
    name = name or ("sandbox" if LOCAL else "")
    if name in known:
        return name
    problem = f"is {name!r}, which isn't known" if name else "is missing"
    raise StartRefused(f"{setting} {problem}. Known are: {', '.join(sorted(known))}; sandbox moves no money.")


# One, or several with commas: the methods of all stand side by side, those of the first one first.
_named = [name.strip() for name in env.str("PAYMENT_PROVIDER", default="").split(",") if name.strip()]
_takers = list(dict.fromkeys(_known("PAYMENT_PROVIDER", name, PAYMENT_GATEWAYS) for name in _named or [""]))
PAYMENT_PROVIDER = ",".join(_takers)
PAYOUT_PROVIDER = _known("PAYOUT_PROVIDER", env.str("PAYOUT_PROVIDER", default=""), PAYOUT_GATEWAYS)
if PAYOUT_PROVIDER == "paypal" and not (PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET and PAYPAL_WEBHOOK_ID):
    raise StartRefused(
        "PAYOUT_PROVIDER is paypal, so PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET and PAYPAL_WEBHOOK_ID are needed: "
        "PayPal shows all three in the settings of your app there."
    )
if "stripe" in _takers and not (STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET):
    raise StartRefused(
        "PAYMENT_PROVIDER is stripe, so STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET are needed: Stripe shows the first "
        "among your API keys, and the second on the page of the webhook endpoint that you add there."
    )
PAYOUTS_MOVE_MONEY = PAYOUT_PROVIDER == "paypal" and PAYPAL_MOVES_MONEY
# In every mode: coins of the sandbox cost nothing. Given to a second account, they would be paid out in real dollars.
if PAYOUTS_MOVE_MONEY and "sandbox" in _takers:
    raise StartRefused(
        "PAYMENT_PROVIDER is sandbox, whose coins cost nothing, and PAYOUT_PROVIDER pays real dollars for them. "
        "Set PAYOUT_PROVIDER=sandbox, or PAYPAL_LIVE=0 without a PAYPAL_API of your own, until recharges are paid for."
    )
if PAYOUTS_MOVE_MONEY and "stripe" in _takers and not STRIPE_LIVE:
    raise StartRefused(
        "STRIPE_SECRET_KEY is a test key, whose coins cost nothing, and PAYOUT_PROVIDER pays real dollars for them. "
        "Set the live key, or PAYOUT_PROVIDER=sandbox."
    )
if STRIPE_LIVE and {"sandbox", "stripe"} <= set(_takers):
    raise StartRefused(
        "PAYMENT_PROVIDER names sandbox, whose coins cost nothing, beside stripe with a live key: some would pay for "
        "what others get for nothing. Name stripe alone, or set a test key."
    )
if DEMO and "sandbox" not in _takers:
    raise StartRefused(
        f"PAYMENT_PROVIDER is {PAYMENT_PROVIDER}, and viewers of the demo world pay in the sandbox. "
        f"Set PAYMENT_PROVIDER={PAYMENT_PROVIDER},sandbox to have both."
    )
# Without money that moves, nobody is refused for want of a declared age.
MONEY_MOVES = PAYOUTS_MOVE_MONEY or set(_takers) != {"sandbox"}
# The class that proves the age of people: wallet/ages.py says what it has to do.
AGE_PROVIDER = env.str("AGE_PROVIDER", default="wallet.ages.Declaration")
# Signs the sandbox provider's callbacks. Derived, so that a fresh checkout needs no extra key.
SANDBOX_WEBHOOK_SECRET = env.str("SANDBOX_WEBHOOK_SECRET", default=f"sandbox-webhook:{SECRET_KEY}")
WEBHOOK_WINDOW_SECONDS = env.int("WEBHOOK_WINDOW_SECONDS", default=300)
RECHARGE_ABANDONED_AFTER_MINUTES = env.int("RECHARGE_ABANDONED_AFTER_MINUTES", default=60)
# The seconds for which a withdrawal belongs to the worker that took it up, and between two look-ups of a new one.
PAYOUT_LEASE_SECONDS = env.float("PAYOUT_LEASE_SECONDS", default=120)
PAYOUT_ASK_SECONDS = env.float("PAYOUT_ASK_SECONDS", default=5)
