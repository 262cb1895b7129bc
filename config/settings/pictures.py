"""Where uploaded pictures are kept: a folder, or a bucket of S3 or of what speaks its protocol."""

from importlib.util import find_spec

from config.settings.environment import VAR_DIR, env
from config.settings.static import STORAGES
from config.starting import StartRefused

MEDIA_ROOT = env.str("PICTURES_DIR", default="") or str(VAR_DIR / "uploads")
PICTURES_BUCKET = env.str("PICTURES_BUCKET", default="")
if PICTURES_BUCKET:
    if not (find_spec("storages") and find_spec("boto3")):
        raise StartRefused("PICTURES_BUCKET is set, which needs a package: pip install 'django-storages[s3]'")
    # Keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from the machine's own role.
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": PICTURES_BUCKET,
            "endpoint_url": env.str("PICTURES_ENDPOINT", default="") or None,
            "region_name": env.str("PICTURES_REGION", default="") or None,
            "default_acl": "private",
            "file_overwrite": True,
        },
    }
