"""Static files: found one by one in development and the demo, collected in production."""

from typing import Any

from config.settings.environment import BASE_DIR, DEBUG, LOCAL, env

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default="") or str(BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.bundles.BundleFinder",
]
STATIC_BACKEND = "django.contrib.staticfiles.storage.StaticFilesStorage"
if not LOCAL:
    STATIC_BACKEND = "config.static_files.CollectedFiles"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_BACKEND},
}
WHITENOISE_USE_FINDERS = LOCAL
# No other site loads our files: Cross-Origin-Resource-Policy forbids it too.
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG
