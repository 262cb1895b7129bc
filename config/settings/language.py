"""Language, time and dates."""

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
# The admin's dates: with the zone, like everywhere else.
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
