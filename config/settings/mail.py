"""Mails: how they leave, and where their links lead."""

from email.utils import parseaddr

from config.settings.environment import LOCAL, VAR_DIR, env
from config.starting import StartRefused

MAIL_DIR = VAR_DIR / "mail"
_mails = ("smtp+tls", "smtp+ssl", "smtps", "smtp", "consolemail", "filemail", "memorymail", "dummymail")
vars().update(env.url("EMAIL_URL", env.email_url_config, _mails, default="consolemail://"))
# In development and the demo, mails are files, shown by people.views.mailbox. Never in production.
MAILBOX = LOCAL and not env.str("EMAIL_URL", default="")
if MAILBOX:
    EMAIL_BACKEND, EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", str(MAIL_DIR)
elif not LOCAL and not env.str("EMAIL_URL", default=""):
    raise StartRefused("EMAIL_URL is missing: sign-up sends codes by mail. Example: smtp+tls://user:password@host:587")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Ovation <hello@example.com>")
# The address on the page Contact, and wherever a text has {contact}.
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default=parseaddr(DEFAULT_FROM_EMAIL)[1])
# Links in mails begin with this address: the worker, which sends most of them, has no request. Empty: no links.
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.int('PORT', default=8000)}" if LOCAL else "").rstrip("/")
if SITE_URL and not SITE_URL.startswith(("http://", "https://")):
    raise StartRefused(f"SITE_URL is {SITE_URL!r}. Begin it with https://, as links in mails do.")
