"""The operator's screens for the product: the gift catalog, creators and lives."""

from live.admin import catalog, categories, comments, creators, sessions  # noqa: F401
