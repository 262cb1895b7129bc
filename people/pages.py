"""The site's own pages (help, terms, privacy, contact): versions that an operator writes, or the text that comes along.

A version is never edited: a new one takes its place, and the earlier ones stay to read.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings

from people.brand import site_brand
from people.models import PageVersion
from people.text.paragraphs import Block, blocks_of

TEXTS = settings.BASE_DIR / "data" / "pages"
# The date of the texts in data/pages/.
WRITTEN_AT = datetime(2026, 11, 30, tzinfo=UTC)
MOST_LISTED = 50


class SitePage(NamedTuple):
    """A version of a page, and all versions, the newest first. `version` is None for the text of data/pages/."""

    slug: str
    title: str
    blocks: list[Block]
    published_at: datetime
    version: PageVersion | None
    versions: list[PageVersion]

    @property
    def is_current(self) -> bool:
        return self.version is None or self.version == self.versions[0]


def read_page(slug: str, number: int | None = None) -> SitePage:
    """Return the newest version of a page, or the one with that number; raise DoesNotExist. At most two queries."""
    title = PageVersion.Slug(slug).label
    versions = list(PageVersion.objects.filter(slug=slug).defer("text")[:MOST_LISTED])
    if number is None and not versions:
        return SitePage(slug, title, blocks_of(_filled_in(_text_that_comes_along(slug))), WRITTEN_AT, None, [])
    version = PageVersion.objects.get(slug=slug, pk=versions[0].pk if number is None else number)
    return SitePage(slug, title, blocks_of(_filled_in(version.text)), version.published_at, version, versions)


def text_now(slug: str) -> str:
    """Return the text of a page as an operator would edit it."""
    version = PageVersion.objects.filter(slug=slug).first()
    return version.text if version else _text_that_comes_along(slug)


def _text_that_comes_along(slug: str) -> str:
    return (TEXTS / f"{slug}.txt").read_text(encoding="utf-8")


def _filled_in(text: str) -> str:
    brand = site_brand()
    return text.replace("{contact}", brand.contact).replace("{site}", brand.name)
