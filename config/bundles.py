"""Bundles: several style sheets or scripts sent as one file, because a phone waits longer for requests than for bytes.

There is no build step: a finder of static files joins the sources where they are served, and `collectstatic` collects
the result with the rest. Each script of a bundle keeps its own scope and its own failures, as modules have.
"""

import builtins
import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, overload

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils.timezone import get_default_timezone

from config.settings.environment import BASE_DIR

SOURCES = BASE_DIR / "static"
BUNDLES = {
    "css/site.css": ("tokens", "base", "pieces", "forms"),
    "css/stage.css": ("room",),
    "css/stages.css": ("room", "ledger", "studio", "finding"),
    "js/watching.js": ("room", "crossing", "feed", "news", "board", "comments", "video"),
    "js/giving.js": ("afford", "tap", "combo", "given", "face"),
}
_COMMENT = {".css": re.compile(r"/\*.*?\*/", re.DOTALL), ".js": re.compile(r"^ *//.*", re.MULTILINE)}
_INDENTATION = re.compile(r"\n\s*")


def sources_of(bundle: str) -> list[Path]:
    """Return the files of a bundle in their order."""
    folder, suffix = bundle.split("/")[0], Path(bundle).suffix
    return [SOURCES / folder / f"{name}{suffix}" for name in BUNDLES[bundle]]


def joined(bundle: str) -> str:
    """Return the content of a bundle, without comments and indentation."""
    suffix = Path(bundle).suffix
    parts = [_COMMENT[suffix].sub("", source.read_text(encoding="utf-8")) for source in sources_of(bundle)]
    parts = [_INDENTATION.sub("\n", part).lstrip() for part in parts]
    if suffix == ".js":
        parts = [f"try {{\n{part}}} catch (error) {{\nreportError(error);\n}}\n" for part in parts]
    return "".join(parts)


class BundleStorage(Storage):
    """The bundles as files. They are joined when they are read, and written where a path is asked for."""

    def path(self, name: str) -> str:
        """Write the bundle to VAR_DIR unless it is there, and return its path."""
        path, content = Path(settings.VAR_DIR) / "bundles" / name, joined(name)
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}")
            draft.write_text(content, encoding="utf-8")
            draft.replace(path)
        return str(path)

    def exists(self, name: str) -> bool:
        return name in BUNDLES

    def get_modified_time(self, name: str) -> datetime:
        newest = max(source.stat().st_mtime for source in sources_of(name))
        return datetime.fromtimestamp(newest, tz=get_default_timezone())

    def _open(self, name: str, mode: str = "rb") -> File:
        return ContentFile(joined(name).encode(), name=name)


class BundleFinder(BaseFinder):
    """Finds the bundles beside the static files of the folders."""

    storage = BundleStorage()

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    @overload
    def find(self, path: str, find_all: Literal[False] = ...) -> str | None: ...

    @overload
    def find(self, path: str, find_all: Literal[True]) -> builtins.list[str]: ...

    def find(self, path: str, find_all: bool = False) -> str | builtins.list[str] | None:
        """Write a bundle and return its path. As with Django's finders, nothing found is an empty list."""
        found = [self.storage.path(path)] if path in BUNDLES else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, BundleStorage]]:
        for name in BUNDLES:
            if not matches_patterns(name, list(ignore_patterns or [])):
                yield name, self.storage
