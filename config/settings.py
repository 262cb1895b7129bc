"""Every setting of the site, read from the environment (and `.env`). `.env.example` explains each.

Three ways to run:
- development: `manage.py` in a checkout that has no SECRET_KEY. DEBUG is on, the key is a known one.
- demo: DEMO=1 (`make demo`). DEBUG is off, plain http on localhost, mails are readable on a page.
- production: anything else. A missing or demo secret stops the start with a sentence.
"""

import re
import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from config.logs import logging_at

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEVELOPMENT_KEY = "development-only-key-that-production-refuses"

SECRET_KEY = env.str("SECRET_KEY", default="")
# Only manage.py may fall back to development: a server process without a key must not start.
started_by_manage = Path(sys.argv[0]).name == "manage.py"
DEBUG = env.bool("DEBUG", default=started_by_manage and not SECRET_KEY)
DEMO = env.bool("DEMO", default=False)
if DEBUG and not SECRET_KEY:
    SECRET_KEY = DEVELOPMENT_KEY
if not DEBUG and (len(SECRET_KEY) < 32 or SECRET_KEY == DEVELOPMENT_KEY):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing, shorter than 32 characters or the development one. Set it to 50 random characters, "
        "for example the output of: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    )

LOCAL = DEBUG or DEMO
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "live",
    "payouts",
    "wallet",
    "people",
    "config.apps.SiteConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_countries",
    "django_htmx",
    "import_export",
    "lucide",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.whole_pages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.LoginRequiredUnlessPublic",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.htmx_login",
    "config.middleware.local_time",
    "config.middleware.refusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wallet.context.coin_pill",
                "people.context.site",
            ],
            "builtins": ["django.templatetags.static", "payouts.templatetags.money"],
        },
    },
]

# --- Database -----------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'ovation.sqlite3'}")}
DATABASE = DATABASES["default"]
BEHIND_PGBOUNCER = env.bool("DATABASE_BEHIND_PGBOUNCER", default=False)
if DATABASE["ENGINE"].endswith("sqlite3"):
    VAR_DIR.mkdir(exist_ok=True)
    # IMMEDIATE: two taps wait for each other instead of failing with "database is locked".
    # FULL: what was acknowledged survives a power cut; NORMAL lost commits in most simulated ones.
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    # Opening the file anew cost a page as much as all of its statements.
    DATABASE["CONN_MAX_AGE"] = 60
elif DATABASE["ENGINE"].endswith("postgresql"):
    DATABASE.setdefault("OPTIONS", {})
    DATABASE["OPTIONS"].setdefault("pool", {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8)})
    DATABASE["OPTIONS"].setdefault("connect_timeout", 5)
    # Statements that come often are planned once per connection; planning a tap anew costs as much as running it.
    DATABASE["OPTIONS"].setdefault("server_side_binding", True)
    DATABASE["OPTIONS"].setdefault("prepare_threshold", None if BEHIND_PGBOUNCER else 5)
DATABASE["DISABLE_SERVER_SIDE_CURSORS"] = BEHIND_PGBOUNCER
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in limits live in the cache, which every process must share: so the default is a table, not memory.
CACHES = {"default": env.cache("CACHE_URL", default="dbcache://site_cache")}

# --- People -------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
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
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "people.forms.SignupForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Ovation"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
USERSESSIONS_TRACK_ACTIVITY = False

# --- Security -----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
# Behind TLS by default; DEBUG and DEMO serve plain http on localhost.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not LOCAL
SECURE_HSTS_SECONDS = 0 if LOCAL else env.int("HSTS_SECONDS", default=365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# --- Mail ---------------------------------------------------------------------------------------

MAIL_DIR = VAR_DIR / "mail"
vars().update(env.email_url_config(env.str("EMAIL_URL", default="") or "consolemail://"))
# In development and the demo, mails are files, shown by people.views.mailbox. Never in production.
MAILBOX = LOCAL and not env.str("EMAIL_URL", default="")
if MAILBOX:
    EMAIL_BACKEND, EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", str(MAIL_DIR)
elif not LOCAL and not env.str("EMAIL_URL", default=""):
    raise ImproperlyConfigured(
        "EMAIL_URL is missing: sign-up sends codes by mail. Example: smtp+tls://user:password@host:587"
    )
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Ovation <hello@example.com>")
# Where links in mails lead: the worker, which sends most of them, has no request to learn it from. Empty: no links.
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.int('PORT', default=8000)}" if LOCAL else "").rstrip("/")

# --- Static files, time, language ---------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_BACKEND = "django.contrib.staticfiles.storage.StaticFilesStorage"
if not LOCAL:
    STATIC_BACKEND = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_BACKEND},
}
WHITENOISE_USE_FINDERS = LOCAL
WHITENOISE_AUTOREFRESH = DEBUG

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
# The admin's dates: with the zone, like everywhere else.
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS += ["django.forms"]

LOGGING = logging_at(env.str("LOG_LEVEL", default="WARNING"))

# --- The economy: providers and named numbers ---------------------------------------------------
# What an operator changes while the site runs is a dated row in the admin (rates, prices, limits).

PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", default="sandbox")
PAYOUT_PROVIDER = env.str("PAYOUT_PROVIDER", default="sandbox")
PAYPAL_CLIENT_ID = env.str("PAYPAL_CLIENT_ID", default="")
PAYPAL_CLIENT_SECRET = env.str("PAYPAL_CLIENT_SECRET", default="")
PAYPAL_WEBHOOK_ID = env.str("PAYPAL_WEBHOOK_ID", default="")
# Off: PayPal's own sandbox, with play money.
PAYPAL_LIVE = env.bool("PAYPAL_LIVE", default=False)
_sandbox = "" if PAYPAL_LIVE else "sandbox."
PAYPAL_API = env.str("PAYPAL_API", default=f"https://api-m.{_sandbox}paypal.com")
# Where the certificates of webhooks may come from, and whom they name.
PAYPAL_CERT_HOSTS = env.list("PAYPAL_CERT_HOSTS", default=[f"api.{_sandbox}paypal.com", f"api-m.{_sandbox}paypal.com"])
PAYPAL_CERT_NAME = env.str("PAYPAL_CERT_NAME", default=f"messageverificationcerts.{_sandbox}paypal.com")
PAYPAL_TIMEOUT_SECONDS = env.float("PAYPAL_TIMEOUT_SECONDS", default=5)
if PAYOUT_PROVIDER == "paypal" and not (PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET and PAYPAL_WEBHOOK_ID):
    raise ImproperlyConfigured(
        "PAYOUT_PROVIDER is paypal, so PAYPAL_CLIENT_ID, PAYPAL_CLIENT_SECRET and PAYPAL_WEBHOOK_ID are needed: "
        "PayPal shows all three in the settings of your app there."
    )
if not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/?$", PAYPAL_API):
    raise ImproperlyConfigured("PAYPAL_API must be an https:// address; plain http is for a test on this machine.")
# Signs the sandbox provider's callbacks. Derived, so that a fresh checkout needs no extra key.
SANDBOX_WEBHOOK_SECRET = env.str("SANDBOX_WEBHOOK_SECRET", default=f"sandbox-webhook:{SECRET_KEY}")
WEBHOOK_WINDOW_SECONDS = env.int("WEBHOOK_WINDOW_SECONDS", default=300)
RECHARGE_ABANDONED_AFTER_MINUTES = env.int("RECHARGE_ABANDONED_AFTER_MINUTES", default=60)
# How long a worker that died holds a withdrawal, and how soon the provider is asked after one that it has just got.
PAYOUT_LEASE_SECONDS = env.float("PAYOUT_LEASE_SECONDS", default=120)
PAYOUT_ASK_SECONDS = env.float("PAYOUT_ASK_SECONDS", default=5)
WORKER_PAUSE_SECONDS = env.float("WORKER_PAUSE_SECONDS", default=2)
TAPS_PER_SECOND = env.int("TAPS_PER_SECOND", default=20)
# Of one person, in all lives together: in ten seconds, and in a minute.
COMMENTS_IN_A_ROW = env.int("COMMENTS_IN_A_ROW", default=4)
COMMENTS_PER_MINUTE = env.int("COMMENTS_PER_MINUTE", default=12)
if not 1 <= COMMENTS_IN_A_ROW <= COMMENTS_PER_MINUTE:
    raise ImproperlyConfigured("COMMENTS_IN_A_ROW must be at least 1, and COMMENTS_PER_MINUTE no less than that.")
# A gift of this many coins or more is asked about before it is sent, and can be undone for five seconds.
ASK_FROM_COINS = env.int("ASK_FROM_COINS", default=1_000)

# --- The server and its streams -----------------------------------------------------------------

# Threads of each process that make pages (ASGI); no more of them than connections in the pool, less the streams' two.
WEB_THREADS = env.int("WEB_THREADS", default=6)
# How often the reader of a room with listeners looks for new taps; half as often where nothing happens.
STREAM_TICK_SECONDS = env.float("STREAM_TICK_SECONDS", default=0.25)
# A stream ends after about this time, and its browser comes back: so that processes share the load anew.
STREAM_MINUTES = env.float("STREAM_MINUTES", default=10)
# For each process: streams of one person, of one address that isn't signed in, and of all together.
STREAMS_PER_PERSON = env.int("STREAMS_PER_PERSON", default=3)
STREAMS_PER_ADDRESS = env.int("STREAMS_PER_ADDRESS", default=20)
STREAMS_AT_MOST = env.int("STREAMS_AT_MOST", default=3000)

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"
IMPORT_EXPORT_SKIP_ADMIN_LOG = False
