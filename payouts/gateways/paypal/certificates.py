"""The certificates that PayPal signs its webhooks with: fetched from pinned hosts only, checked, kept for a day."""

import re
import threading
import time
from collections import deque
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeAlias, cast
from urllib.parse import urlsplit

import httpx2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings

from wallet.gateways import Forged

PATH = re.compile(r"/v1/notifications/certs/[A-Za-z0-9_.-]{1,120}")
KEPT_FOR = timedelta(days=1).total_seconds()
MOST_KEPT = 8
MOST_BYTES = 64 * 1024
# Strangers may send addresses at a pinned host. The limit keeps our fetches there to so many a minute.
FETCHES_A_MINUTE = 10

# The signing certificate first.
Chain: TypeAlias = list[x509.Certificate]

# The chain by its address, and when it was fetched.
_kept: dict[str, tuple[Chain, float]] = {}
_fetches: deque[float] = deque(maxlen=FETCHES_A_MINUTE)
_lock = threading.Lock()


class CertificateAway(Exception):
    """The certificate can't be had right now; the message may be genuine and should come again."""


def signing_key(url: str, *, now: datetime) -> rsa.RSAPublicKey:
    """Return the public key of the certificate at the address. Raise Forged or CertificateAway."""
    _refuse_address(url)
    with _lock:
        chain, fetched_at = _kept.get(url, (None, 0))
    if chain is None or time.monotonic() - fetched_at > KEPT_FOR:
        try:
            chain = _fetch(url)
            _keep(url, chain)
        except CertificateAway:
            # One that is older than a day and still valid is better than none: strangers may have used up our fetches.
            if chain is None:
                raise
    _refuse_dates(chain, now)
    return cast("rsa.RSAPublicKey", chain[0].public_key())


def _keep(url: str, chain: Chain) -> None:
    with _lock:
        _kept.pop(url, None)
        while len(_kept) >= MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[url] = (chain, time.monotonic())


def forget() -> None:
    """Empty the cache, for tests and for a certificate that was withdrawn."""
    with _lock:
        _kept.clear()
        _fetches.clear()


def _refuse_address(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Forged("the certificate's address can't be read") from error
    # Plain http only where PayPal itself is called by it, which the settings allow on this machine alone.
    scheme = urlsplit(settings.PAYPAL_API).scheme
    pinned = parts.netloc in settings.PAYPAL_CERT_HOSTS and PATH.fullmatch(parts.path)
    if not pinned or url != f"{scheme}://{parts.netloc}{parts.path}":
        raise Forged("the certificate isn't at PayPal")


def _fetch(url: str) -> Chain:
    with _lock:
        if len(_fetches) == FETCHES_A_MINUTE and time.monotonic() - _fetches[0] < 60:
            raise CertificateAway("too many certificates were asked for; try again in a minute")
        _fetches.append(time.monotonic())
    data = b""
    try:
        # No redirects: an address elsewhere isn't pinned.
        with httpx2.stream("GET", url, timeout=settings.PAYPAL_TIMEOUT_SECONDS, follow_redirects=False) as response:
            for part in response.iter_bytes():
                data += part
                if len(data) > MOST_BYTES:
                    raise Forged("the certificate is too long")
    except httpx2.HTTPError as error:
        raise CertificateAway(f"PayPal's certificate can't be fetched ({type(error).__name__})") from None
    if response.status_code >= 500 or response.status_code == 429:
        raise CertificateAway("PayPal's certificate can't be fetched right now")
    if response.status_code != 200:
        raise Forged("there is no such certificate")
    return _chain(data)


def _chain(data: bytes) -> Chain:
    """Return the certificates of a PEM file, the signing one first. Each must be signed by the next one.

    The root isn't looked up: the pinned host and its TLS certificate are trusted instead.
    """
    try:
        chain = x509.load_pem_x509_certificates(data)
        for certificate, issuer in pairwise(chain):
            certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise Forged("the certificate can't be read, or its issuer didn't sign it") from error
    names = [name.value for name in chain[0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    key = chain[0].public_key()
    if names != [settings.PAYPAL_CERT_NAME] or not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
        raise Forged("the certificate isn't for PayPal's messages")
    return chain


def _refuse_dates(chain: Chain, now: datetime) -> None:
    for certificate in chain:
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise Forged("the certificate isn't valid at this time")
