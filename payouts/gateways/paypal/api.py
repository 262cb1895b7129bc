"""Calls to PayPal's REST API: a token that is kept, time-outs on everything, few and harmless repeats.

No exception of this module says anything that PayPal said in its own words: receivers may be in them.
"""

import json
import random
import re
import threading
import time
from functools import lru_cache
from typing import Any, TypeAlias

import httpx2

# A call that had no usable answer is tried once more, after this pause or up to twice as long.
TRIES = 2
PAUSE_SECONDS = 0.3
CONNECT_SECONDS = 3
LARGEST_ANSWER = 256 * 1024
# A token is renewed so long before it ends.
TOKEN_MARGIN = 60
# A JSON object.
Json: TypeAlias = dict[str, Any]
# A value in it. Each is looked at before it is believed.
Value: TypeAlias = Json | list[Any] | str | float | None

NAME = re.compile(r"[A-Z][A-Z0-9_]{0,59}")
ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
ORIGINAL = re.compile(r"/v1/payments/payouts/([A-Za-z0-9_-]{1,80})/?")


class Trouble(Exception):
    """No usable answer came: nothing may be concluded. `may_pass`: a retry a moment later may work."""

    def __init__(self, words: str, *, may_pass: bool = False) -> None:
        super().__init__(words)
        self.may_pass = may_pass


class Refused(Exception):
    """PayPal understood the request and said no, with the name of its reason and the fields that it is about."""

    def __init__(self, status: int, body: Json) -> None:
        self.status = status
        self.name = _match(NAME, body.get("name") or body.get("error"), "without a reason")
        details = [detail for detail in _list(body.get("details")) if isinstance(detail, dict)]
        self.fields = [str(detail.get("field", ""))[:80] for detail in details]
        links = [link for source in [*details, body] for key in ("link", "links") for link in _list(source.get(key))]
        self.original = next(filter(None, map(_batch_in, links)), "")
        super().__init__(f"{status} {self.name}")

    def is_about(self, field: str) -> bool:
        return any(one.rpartition(".")[2].upper() == field for one in self.fields)


class Api:
    """PayPal for one set of credentials. One for each process; threads may share it."""

    def __init__(self, base: str, client_id: str, secret: str, seconds: float) -> None:
        self._credentials = (client_id, secret)
        timeout = httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        self._http = httpx2.Client(base_url=base, timeout=timeout, headers={"Accept": "application/json"})
        self._patience = 2 * seconds
        self._token, self._renew_at = "", 0.0
        self._renewing = threading.Lock()

    def create(self, batch: Json) -> Json:
        """Create a batch. Harmless to repeat because it carries our id."""
        return self._call("POST", "/v1/payments/payouts", batch)

    def get(self, kind: str, number: str) -> Json:
        return self._call("GET", f"/v1/payments/{kind}/{_id(number)}")

    def cancel(self, number: str) -> Json:
        """Cancel an unclaimed item, without a retry: a look-up gives its state after a lost answer."""
        return self._call("POST", f"/v1/payments/payouts-item/{_id(number)}/cancel", {}, tries=1)

    def _call(self, method: str, path: str, body: Json | None = None, *, tries: int = TRIES) -> Json:
        while True:
            tries -= 1
            try:
                return self._call_once(method, path, body)
            except Trouble as trouble:
                if not tries or not trouble.may_pass:
                    raise
            time.sleep(PAUSE_SECONDS * random.uniform(1, 2))  # noqa: S311 a pause, no secret

    def _call_once(self, method: str, path: str, body: Json | None) -> Json:
        token = self._valid_token()
        status, answer = self._exchange(method, path, token, body)
        if status == 401:
            # Ended early, or was withdrawn: one new token, one more call.
            status, answer = self._exchange(method, path, self._valid_token(instead_of=token), body)
        if status == 401:
            raise Trouble("PayPal doesn't accept our token.")
        if status >= 300:
            raise Refused(status, answer)
        return answer

    def _exchange(self, method: str, path: str, token: str, body: Json | None) -> tuple[int, Json]:
        return self._send(method, path, headers={"Authorization": f"Bearer {token}"}, json=body)

    def _valid_token(self, *, instead_of: str | None = None) -> str:
        with self._renewing:
            if self._token in ("", instead_of) or time.monotonic() >= self._renew_at:
                self._token, seconds = self._new_token()
                self._renew_at = time.monotonic() + seconds - TOKEN_MARGIN
            return self._token

    def _new_token(self) -> tuple[str, int]:
        if not all(self._credentials):
            raise Trouble("PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET aren't set.")
        form = {"grant_type": "client_credentials"}
        status, answer = self._send("POST", "/v1/oauth2/token", auth=self._credentials, data=form)
        token, seconds = answer.get("access_token"), answer.get("expires_in")
        if status in (400, 401, 403):
            raise Trouble("PayPal doesn't accept our client id and secret.")
        if status != 200 or not isinstance(token, str) or not isinstance(seconds, int):
            raise Trouble("PayPal gave us no token.")
        return token, seconds

    def _send(self, method: str, path: str, **options: Any) -> tuple[int, Json]:
        """Return (status, JSON object) of one exchange. Raise Trouble if it has no usable end."""
        try:
            status, data = self._exchange_bytes(method, path, **options)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            # The error's own words may hold the request; its name is enough.
            raise Trouble(f"PayPal did not answer ({type(error).__name__}).", may_pass=True) from None
        if status == 429:
            raise Trouble("PayPal asks us to wait.")
        if status >= 500:
            raise Trouble(f"PayPal had an error of its own ({status}).", may_pass=True)
        try:
            answer = json.loads(data or b"{}")
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise Trouble(f"PayPal's answer couldn't be read ({status}).", may_pass=True)
        return status, answer

    def _exchange_bytes(self, method: str, path: str, **options: Any) -> tuple[int, bytes]:
        # A read time-out counts from byte to byte; an answer that trickles in is bound by these two.
        until, data = time.monotonic() + self._patience, b""
        with self._http.stream(method, path, **options) as response:
            for part in response.iter_bytes():
                data += part
                if len(data) > LARGEST_ANSWER or time.monotonic() > until:
                    raise Trouble("PayPal's answer didn't end.")
            return response.status_code, data


@lru_cache(maxsize=4)
def connection(base: str, client_id: str, secret: str, seconds: float) -> Api:
    """Return the Api of this process for these settings, with its open connections and its token."""
    return Api(base, client_id, secret, seconds)


def _id(number: str) -> str:
    if not ID.fullmatch(number):
        raise Trouble("PayPal's id of it can't be used.")
    return number


def _batch_in(link: Value) -> str:
    """Return the batch's id in a link. The link itself is never followed."""
    href = link.get("href") if isinstance(link, dict) else None
    found = ORIGINAL.search(href) if isinstance(href, str) else None
    return found.group(1) if found else ""


def _match(pattern: re.Pattern[str], value: Value, otherwise: str) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else otherwise


def _list(value: Value) -> list[Any]:
    return value if isinstance(value, list) else []
