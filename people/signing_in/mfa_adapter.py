"""allauth's adapter for second factors: authenticators and passkeys show the name of the brand."""

from allauth.mfa.adapter import DefaultMFAAdapter

from people.brand import site_name


class MfaAdapter(DefaultMFAAdapter):
    def get_totp_issuer(self) -> str:
        """Return the name beside the codes in an authenticator. Those that were set up before keep the old one."""
        return site_name()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": site_name()}
