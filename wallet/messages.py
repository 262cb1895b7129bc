"""The body of a provider's message, read up to a limit, because the address is public."""

from django.http import HttpRequest

from wallet.gateways import Forged

LARGEST_MESSAGE_BYTES = 64 * 1024


def bounded_body(request: HttpRequest) -> bytes:
    """Return the body of a posted message; raise Forged if it is too long or the connection broke."""
    try:
        body = request.read(LARGEST_MESSAGE_BYTES + 1)
    except OSError as error:
        raise Forged("the message broke off") from error
    if len(body) > LARGEST_MESSAGE_BYTES:
        raise Forged(f"the message is longer than {LARGEST_MESSAGE_BYTES} bytes")
    return body
