"""Forms of passkeys: allauth's, with a credential that is refused in words if it can't be read."""

import json

from allauth.mfa.webauthn import forms as webauthn
from django import forms


class Decoder(json.JSONDecoder):
    """Reads JSON. Python's own raises another error for a number of many digits, and for many brackets."""

    def decode(self, text):
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
