"""Webhooks as PayPal signs them: over (transmission id | time | webhook id | checksum), by a certificate's key."""

import base64
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

NAME = "messageverificationcerts.sandbox.paypal.com"


class Signer:
    """A key with its certificate, and the headers of a signed message."""

    def __init__(self, *, name=NAME, since=None, until=None, by_stranger=False):
        now = datetime.now(UTC)
        self.key, authority_key = _keys()[:2]
        since, until = since or now - timedelta(days=1), until or now + timedelta(days=90)
        self.authority = _certificate("Look-alike authority", authority_key, "Look-alike authority", authority_key)
        issued_by = _keys()[2] if by_stranger else authority_key
        self.certificate = _certificate(name, self.key, "Look-alike authority", issued_by, since=since, until=until)

    @property
    def pem(self):
        """Return the chain at the certificate's address: the certificate and its issuer's."""
        encoding = serialization.Encoding.PEM
        return self.certificate.public_bytes(encoding) + self.authority.public_bytes(encoding)

    def headers(self, body, *, webhook_id, cert_url, at=None, transmission_id=None):
        stamp = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        transmission_id = transmission_id or str(uuid4())
        words = f"{transmission_id}|{stamp}|{webhook_id}|{zlib.crc32(body)}".encode()
        signature = self.key.sign(words, padding.PKCS1v15(), hashes.SHA256())
        return {
            "Paypal-Transmission-Id": transmission_id,
            "Paypal-Transmission-Time": stamp,
            "Paypal-Transmission-Sig": base64.b64encode(signature).decode(),
            "Paypal-Cert-Url": cert_url,
            "Paypal-Auth-Algo": "SHA256withRSA",
        }


@cache
def _keys():
    """Three keys for the whole process: generating one is slow."""
    return [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3)]


def _certificate(name, key, issuer, issuer_key, *, since=None, until=None):
    now = datetime.now(UTC)
    is_authority = name == issuer
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since or now - timedelta(days=1))
        .not_valid_after(until or now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
