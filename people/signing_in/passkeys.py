"""allauth's forms of passkeys, with a field that refuses unreadable credentials in words."""

import json
from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from django import forms


class Decoder(json.JSONDecoder):
    """A JSON decoder that also raises JSONDecodeError for too many digits or brackets, where Python raises others."""

    def decode(self, text: str) -> Any:  # type: ignore[override]
        try:
            return super().decode(text)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from error


class WithCredential(forms.Form):
    credential = forms.JSONField(
        decoder=Decoder,
        widget=forms.HiddenInput,
        error_messages={"invalid": "The passkey could not be read. Try again."},
    )


class AddPasskeyForm(WithCredential, webauthn.AddWebAuthnForm):
    pass


class LoginPasskeyForm(WithCredential, webauthn.LoginWebAuthnForm):
    pass
