"""Apps, middleware and templates."""

from config.settings.environment import BASE_DIR

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
    "config.apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "django_countries",
    "django_htmx",
    "import_export",
    "lucide",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.policies",
    "config.middleware.probes",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.whole_pages",
    "config.content_policy.ContentPolicyMiddleware",
    "config.bodies.bounded",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.private_pages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "people.signing_in.sessions.SessionAndUserMiddleware",
    "config.middleware.LoginRequiredUnlessPublic",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.htmx",
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
                "live.context.purse",
                "people.context.site",
            ],
            "builtins": [
                "django.templatetags.static",
                "payouts.templatetags.money",
                "people.templatetags.brand",
                "people.templatetags.faces",
                "live.templatetags.art",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"
IMPORT_EXPORT_SKIP_ADMIN_LOG = False
