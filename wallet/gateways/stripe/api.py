"""Calls to Stripe through its own library: time-outs on everything, one repeat, and no words of Stripe in errors.

A repeat is harmless: creating a checkout carries an idempotency key, and the other calls only read.
"""

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import stripe

if TYPE_CHECKING:
    from collections.abc import Callable

    from stripe.checkout import Session
    from stripe.params.checkout import SessionCreateParams

from wallet.gateways import ProviderAway

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3
# The library waits half a second before a repeat.
REPEATS = 1
Params: TypeAlias = dict[str, Any]

# Stripe would get the time that each call took.
stripe.enable_telemetry = False


class Refused(Exception):
    """Stripe understood the request and said no. `is_ours`: our key or its rights are wrong, which we can correct."""

    def __init__(self, status: int, code: str, *, is_ours: bool) -> None:
        self.status, self.is_ours = status, is_ours
        super().__init__(f"Stripe refuses our request: {status} {code}.")


class Api:
    """Stripe for one key. One for each process; threads may share it."""

    def __init__(self, base: str, key: str, seconds: float) -> None:
        timeout = (min(seconds, CONNECT_SECONDS), seconds)
        http = stripe.RequestsClient(timeout=timeout)
        self._client = stripe.StripeClient(
            key, base_addresses={"api": base}, http_client=http, max_network_retries=REPEATS
        )

    def create(self, order: "SessionCreateParams", *, key: str) -> Params:
        """Create a checkout session; the same key again returns the first one as it was then."""
        sessions = self._client.v1.checkout.sessions
        return self._ask(lambda: sessions.create(order, {"idempotency_key": key}))

    def session(self, reference: str) -> Params:
        """Return a session as it is now, with its payment intent."""
        sessions = self._client.v1.checkout.sessions
        return self._ask(lambda: sessions.retrieve(reference, {"expand": ["payment_intent"]}))

    def _ask(self, call: "Callable[[], Session]") -> Params:
        try:
            return call().to_dict()
        except (stripe.AuthenticationError, stripe.PermissionError) as error:
            log.error("Stripe doesn't accept our key: %s", _code(error))
            raise Refused(error.http_status or 0, _code(error), is_ours=True) from None
        except (stripe.InvalidRequestError, stripe.IdempotencyError) as error:
            raise Refused(error.http_status or 0, _code(error), is_ours=False) from None
        except stripe.StripeError as error:
            # Stripe's own words may hold what a viewer typed; the error's name is enough.
            raise ProviderAway(f"Stripe did not answer ({type(error).__name__}).") from None


def _code(error: stripe.StripeError) -> str:
    code = error.code or type(error).__name__
    return code if code.isidentifier() and len(code) <= 60 else "without a reason"


@lru_cache(maxsize=4)
def connection(base: str, key: str, seconds: float) -> Api:
    """Return the Api of this process for these settings, with its open connections."""
    return Api(base, key, seconds)
