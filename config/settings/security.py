"""Hosts, proxies, cookies and the headers of every answer."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.environment import LOCAL, env

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if LOCAL else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

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
# __Host-: the browser takes the cookie from this host alone, by https, for every path. A subdomain can't plant one.
COOKIE_PREFIX = "" if LOCAL else "__Host-"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
# Scripts take the token from the page's forms.
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "config.messages.Messages"
SECURE_HSTS_SECONDS = 0 if LOCAL else env.int("HSTS_SECONDS", default=2 * 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

# The address in /.well-known/security.txt. Without one there is no such file.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
if SECURITY_CONTACT and not (
    SECURITY_CONTACT.startswith(("mailto:", "https://", "tel:")) and SECURITY_CONTACT.isprintable()
):
    raise ImproperlyConfigured(f"SECURITY_CONTACT is {SECURITY_CONTACT!r}. Begin it with mailto:, https:// or tel:.")
