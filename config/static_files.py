"""Static files in production: collected once, named by their content, and missed in words."""

from functools import cache

from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

WORDS = "Static files aren't collected. Run manage.py collectstatic, then start the site again."


class NotCollected(ValueError):
    """A page names a static file that the manifest of collected files doesn't have.

    A ValueError, like Django's own: WhiteNoise asks for names that aren't there, and expects one.
    """


class CollectedFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage. A missing file raises NotCollected, which `config.views` answers in words."""

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError as error:
            raise NotCollected(f"{WORDS} Missing: {name}") from error


@cache
def files_not_collected() -> list[str]:
    """Return the names of files that the manifest lacks, after an upgrade perhaps a few. Empty where none is needed.

    The result is cached for the process: the storage and WhiteNoise read their files once too.
    """
    if not isinstance(staticfiles_storage, CollectedFiles):
        return []
    collected = staticfiles_storage.hashed_files
    names = {path.replace("\\", "/") for finder in get_finders() for path, _ in finder.list([])}
    return sorted(names - collected.keys())
