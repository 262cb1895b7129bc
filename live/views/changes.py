"""The public change log as a page and as an Atom feed."""

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import conditional_page, require_safe

from live.public_changes import KINDS, PublicChange, newest_changes, public_changes
from people.requests import Request

# More than the feed has, so that its links lead to the first page.
PER_PAGE = 100
IN_THE_FEED = 50


@login_not_required
@require_safe
def changes(request: Request) -> HttpResponse:
    """List every change, those to come first; `?kind=` shows one kind of them."""
    kind = request.GET.get("kind", "")
    kind, moment = kind if kind in KINDS else "", timezone.now()
    page = Paginator(public_changes(kind), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "kinds": KINDS,
        "kind": kind,
        "page": page,
        "announced": [change for change in reversed(page.object_list) if change.starts_at > moment],
        "counted": [change for change in page if change.starts_at <= moment],
        "query": f"kind={kind}" if kind else "",
    }
    return render(request, "live/economy/changes.html", context)


class ChangesFeed(Feed):  # type: ignore[type-arg]
    """The newest announcements. An entry is published when it is announced, and says from when it counts."""

    feed_type = Atom1Feed
    title = "Prices, rates and limits"
    subtitle = "What changes on this site, from when, and why."

    def link(self) -> str:
        return reverse("economy-changes")

    def feed_url(self) -> str:
        return reverse("economy-feed")

    def items(self) -> list[PublicChange]:
        return newest_changes(IN_THE_FEED)

    def item_title(self, item: PublicChange) -> str:
        return item.title

    def item_description(self, item: PublicChange) -> str:
        counts = f"From {item.starts_at.astimezone(UTC):%-d %B %Y, %H:%M} UTC."
        return " ".join(filter(None, [counts, item.reason, f"({item.author})"]))

    def item_link(self, item: PublicChange) -> str:
        return item.path

    def item_pubdate(self, item: PublicChange) -> datetime:
        return item.announced_at

    def item_updateddate(self, item: PublicChange) -> datetime:
        return item.announced_at

    def item_author_name(self, item: PublicChange) -> str:
        return item.author

    def item_categories(self, item: PublicChange) -> list[str]:
        return [KINDS[item.kind]]


feed = login_not_required(require_safe(conditional_page(ChangesFeed())))
