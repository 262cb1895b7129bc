"""Addresses for programs: robots.txt, the sitemap, and security.txt (RFC 9116)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from live.models import Creator, LiveSession
from people.brand import site_brand
from people.requests import Request

# Searches, and what a room asks for while it is open. Pages behind the log-in need no line: they send a robot to
# /accounts/, which has one.
NOT_FOR_ROBOTS = [
    "/accounts/",
    "/admin/",
    "/live/*/board/",
    "/live/*/events/",
    "/live/*/feed/",
    "/live/*/tray/",
    "/live/overlay/",
    "/mail/",
    "/search/",
]
# A security.txt says until when it holds; RFC 9116 recommends less than a year.
HOLDS_FOR = timedelta(days=90)


class Pages(Sitemap):
    """The pages that are the same for everybody."""

    def items(self) -> list[str]:
        return ["home", "live-now", "economy", "economy-changes", "guide", "help", "terms", "privacy", "contact"]

    def location(self, item: str) -> str:
        return reverse(item)


class Creators(Sitemap):
    """The page of each creator who may log in."""

    limit = 5_000

    def items(self) -> QuerySet[Creator]:
        return Creator.objects.filter(user__is_active=True).only("handle").order_by("pk")

    def location(self, item: Creator) -> str:
        return reverse("creator", args=[item.handle])


class Lives(Sitemap):
    """The rooms of running lives."""

    limit = 5_000

    def items(self) -> QuerySet[LiveSession]:
        return LiveSession.objects.filter(ended_at=None).only("started_at").order_by("-started_at", "pk")

    def location(self, item: LiveSession) -> str:
        return reverse("room", args=[item.pk])

    def lastmod(self, item: LiveSession) -> datetime:
        return item.started_at


SITEMAPS: dict[str, type[Sitemap] | Sitemap] = {"pages": Pages, "creators": Creators, "lives": Lives}


@login_not_required
@require_safe
def sitemap_index(request: Request) -> HttpResponse:
    """List the sitemaps, with each page of a long one."""
    return sitemap_views.index(request, SITEMAPS, sitemap_url_name="sitemap")


@login_not_required
@require_safe
def sitemap(request: Request, section: str) -> HttpResponse:
    """Return one page of a sitemap."""
    return sitemap_views.sitemap(request, SITEMAPS, section=section)


@login_not_required
@require_safe
def robots(request: Request) -> HttpResponse:
    """Say which pages are not for search engines, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    lines += ["", f"Sitemap: {_address(request, reverse('sitemap-index'))}"]
    return _text(lines)


@login_not_required
@require_safe
def security(request: Request) -> HttpResponse:
    """Say where a security problem can be reported: by SECURITY_CONTACT, or else by the brand's support address."""
    support = site_brand().support_email
    contact = settings.SECURITY_CONTACT or (support and f"mailto:{support}")
    if not contact:
        raise Http404
    until = (timezone.now() + HOLDS_FOR).strftime("%Y-%m-%dT00:00:00Z")
    canonical = _address(request, reverse("security-txt"))
    return _text(
        [
            f"Contact: {contact}",
            f"Expires: {until}",
            "Preferred-Languages: en",
            f"Canonical: {canonical}",
        ]
    )


def _address(request: Request, path: str) -> str:
    return settings.SITE_URL + path if settings.SITE_URL else request.build_absolute_uri(path)


def _text(lines: list[str]) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
