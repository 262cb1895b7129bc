"""Accounts: sign-up, log-in, passwords, second factors."""

from config.settings.environment import LOCAL

AUTH_USER_MODEL = "people.User"
# Its table has the user too, so that a page asks once for both.
SESSION_ENGINE = "people.signing_in.sessions"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "people.signing_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "people.forms.SignupForm"
ACCOUNT_FORMS = {"signup": "people.signing_in.signing_up.EvenSignupForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
# Failures have a limit of their own, 10 a minute (people/signing_in/attempts.py). This limit counts right log-ins as
# well, and a whole audience may share one address.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip"}
# Requests of one person within a minute (people/pace.py). Taps and comments have limits of their own.
ACCOUNT_RATE_LIMITS |= {
    "recharge": "20/m/user",
    "follow": "60/m/user",
    "overlay": "30/m/user",
    "test_gift": "30/m/user",
    "start": "10/m/user",
    "withdraw": "60/m/user",
    "payout_account": "20/m/user",
    "appear": "20/m/user",
    "picture": "10/m/user",
    "own_data": "4/m/user",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# No "code": a mailbox that is open on the same machine must not be enough to move money.
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The issuer of codes and the relying party of passkeys are called as the brand.
MFA_ADAPTER = "people.signing_in.mfa_adapter.MfaAdapter"
# A phone's clock may be a step of 30 seconds off, and a code may change while it is typed.
# people/signing_in/codes.py takes each once.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "people.signing_in.codes.AuthenticateOnce",
    "reauthenticate": "people.signing_in.codes.ReauthenticateOnce",
    "activate_totp": "people.signing_in.codes.ActivateOnce",
    "authenticate_webauthn": "people.signing_in.codes.AuthenticateKey",
    "reauthenticate_webauthn": "people.signing_in.codes.ReauthenticateKey",
    "add_webauthn": "people.signing_in.passkeys.AddPasskeyForm",
    "login_webauthn": "people.signing_in.passkeys.LoginPasskeyForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
USERSESSIONS_TRACK_ACTIVITY = False
