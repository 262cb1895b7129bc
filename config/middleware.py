"""Middleware: probes, headers, whole pages for the back button, refusals, log-in, time zones."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import resolve
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.middleware import HtmxDetails

from config.no_database import paths
from config.zones import zone_from
from people.answers import in_a_while
from people.permissions_policy import permissions
from people.refusals import Refusal
from people.requests import GetResponse, Request


def probes(get_response: GetResponse) -> GetResponse:
    """Answer the health checks before anything asks for the host: a probe names this machine by any address."""

    def middleware(request: Request) -> HttpResponseBase:
        if request.path in paths().probes:
            return resolve(request.path_info).func(request)
        return get_response(request)

    return middleware


def policies(get_response: GetResponse) -> GetResponse:
    """Say what other sites may load of ours, and which devices a page may use. A view may say otherwise."""

    def middleware(request: Request) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", permissions())
        return response

    return middleware


def whole_pages(get_response: GetResponse) -> GetResponse:
    """Answer htmx with a whole page when it restores one for the back button; keep page and fragment apart in caches.

    It comes before anything that reads the request's headers: they are read once.
    """

    def middleware(request: Request) -> HttpResponseBase:
        if request.META.get("HTTP_HX_HISTORY_RESTORE_REQUEST") == "true":
            request.META.pop("HTTP_HX_REQUEST", None)
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return middleware


def private_pages(get_response: GetResponse) -> GetResponse:
    """Forbid every cache to keep a page made with a session, so that Back after log-out shows nothing of it.

    A public page made without a session, or with an empty one, stays cacheable. Static files never come here.
    """

    def middleware(request: Request) -> HttpResponseBase:
        response = get_response(request)
        # A session that no code has read isn't loaded here: that would cost a query.
        if request.session.accessed and not request.session.is_empty():
            patch_cache_control(response, private=True, no_store=True)
        return response

    return middleware


def refusals(get_response: GetResponse) -> GetResponse:
    """Answer an uncaught Refusal with its words: a page, or a notice for htmx."""

    def middleware(request: Request) -> HttpResponseBase:
        return get_response(request)

    def process_exception(request: Request, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        template = "_notice.html" if request.htmx else "refused.html"
        context = {"level": "bad", "text": str(exception)}
        return in_a_while(render(request, template, context, status=exception.status), exception)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


class LoginRequiredUnlessPublic(LoginRequiredMiddleware):
    """Django's own loads the user even for public views: a query, and an answer that varies by cookie."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class Htmx(HtmxDetails):
    """django-htmx's own, without `request.headers`: Django copies all headers of a request for it."""

    def __bool__(self) -> bool:
        return self.request.META.get("HTTP_HX_REQUEST") == "true"


def htmx(get_response: GetResponse) -> GetResponse:
    """Set `request.htmx`."""

    def middleware(request: Request) -> HttpResponseBase:
        request.htmx = Htmx(request)
        return get_response(request)

    return middleware


def htmx_login(get_response: GetResponse) -> GetResponse:
    """Send an htmx request that was redirected to log-in there with the whole page, and back to that page after it."""

    def middleware(request: Request) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 302 and request.htmx and "/accounts/" in response["Location"]:
            redirect = HttpResponse(status=200)
            redirect["HX-Redirect"] = _leading_back(response["Location"], request)
            redirect.cookies = response.cookies
            return redirect
        return response

    return middleware


def _leading_back(location: str, request: Request) -> str:
    """Replace the requested address by the page's in `next`: the requested one may answer with a fragment."""
    try:
        page = request.htmx.current_url_abs_path
    except ValueError:  # the header holds no address
        page = None
    if not page:
        return location
    asked, back = (f"next={quote(path, safe='/')}" for path in (request.get_full_path(), page))
    return location.replace(asked, back)


def local_time(get_response: GetResponse) -> GetResponse:
    """Show times in the zone that the reader's browser names in its cookies; UTC without one."""

    def middleware(request: Request) -> HttpResponseBase:
        zone = zone_from(request.COOKIES)
        if zone is None:
            return get_response(request)
        with timezone.override(zone):
            return get_response(request)

    return middleware
