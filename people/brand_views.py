"""The files of the brand: stylesheet, marks, and the manifest of the installed app.

Stylesheet and marks are named by their content and never change, so caches may keep them for ever.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from people.answers import Context
from people.brand import SiteBrand, css_of, site_brand
from people.marks import SIZES, read_mark
from people.requests import Request

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
# The manifest names the marks of the brand, which may change.
MANIFEST_HOLDS = {"Cache-Control": "public, max-age=600"}
SHORTCUTS = [("Live now", "live-now", "live"), ("Balance", "wallet", "balance")]
SHORTCUTS += [("Live Gifts", "live-gifts", "live-gifts"), ("Studio", "studio", "studio")]
# Drawn by scripts/screenshots.py.
SCREENSHOTS = [
    ("home-phone", "Who is live, and whom you follow"),
    ("tray-phone", "Gifts with their price in dollars"),
    ("live-gifts-phone", "Live Gifts: dollars to withdraw"),
    ("room-desktop", "A room with its gifts and comments"),
    ("live-gifts-desktop", "Live Gifts: dollars to withdraw"),
]


@login_not_required
@require_safe
def stylesheet(request: Request) -> HttpResponse:
    """Return the tokens of the accent that the address names; 404 for one that could not be read."""
    css = css_of(*(f"#{request.GET.get(name, '')}" for name in ("day", "night")))
    if css is None:
        raise Http404
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers=FOR_EVER)


@login_not_required
@require_safe
def mark(request: Request, digest: str, size: str) -> HttpResponse:
    """Return an uploaded mark in one size."""
    content = read_mark(digest, size)
    if content is None:
        raise Http404
    return HttpResponse(content, content_type="image/png", headers=FOR_EVER)


@login_not_required
@require_safe
def manifest(request: Request) -> JsonResponse:
    """Return the manifest of the installed app, under the name of the brand."""
    brand = site_brand()
    content = {
        "id": "/",
        "name": brand.name,
        "short_name": brand.name,
        "description": "Live gifts with their price in dollars beside them.",
        "lang": "en",
        "dir": "ltr",
        "categories": ["entertainment", "music", "social"],
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#faf6f0",
        "theme_color": "#faf6f0",
        "icons": _icons(brand),
        "shortcuts": [_shortcut(*one) for one in SHORTCUTS],
        # They show the name that comes along.
        "screenshots": [] if brand.is_own else [_screenshot(*one) for one in SCREENSHOTS],
    }
    return JsonResponse(content, content_type="application/manifest+json", headers=MANIFEST_HOLDS)


def _icons(brand: SiteBrand) -> list[Context]:
    """Return the icons: the uploaded mark on paper, or those that come along."""
    names = [name for name in SIZES if "-" in name]
    icons = [
        {
            "src": brand.mark_at(name) if brand.mark else static(f"{name}.png"),
            "sizes": "{0}x{0}".format(SIZES[name].side),
            "type": "image/png",
            "purpose": "maskable" if "maskable" in name else "any",
        }
        for name in names
    ]
    drawn = {"src": static("favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    return icons if brand.mark else [*icons, drawn]


def _screenshot(name: str, label: str) -> Context:
    is_wide = name.endswith("-desktop")
    return {
        "src": static(f"screenshots/{name}.jpg"),
        "sizes": "1280x860" if is_wide else "390x844",
        "type": "image/jpeg",
        "form_factor": "wide" if is_wide else "narrow",
        "label": label,
    }


def _shortcut(name: str, page: str, picture: str) -> Context:
    icon = {"src": static(f"icon-{picture}-96.png"), "sizes": "96x96", "type": "image/png"}
    return {"name": name, "url": reverse(page), "icons": [icon]}
