"""Content-Security-Policy. django-csp builds it for each response; nearly all responses have the same one."""

from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Attributes of a response with a policy of its own: django-csp's decorators and our views of a video set them.
MARKS = {f"_csp_{mark}{kind}" for mark in ("config", "update", "replace", "exempt") for kind in ("", "_ro")}

REPORTS = "CONTENT_SECURITY_POLICY_REPORT_ONLY"


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's own, with the site's policy built once. A response with a mark or a nonce gets one of its own."""

    @cached_property
    def _policy(self) -> str | None:
        """Return the policy of nearly all responses; None where django-csp decides by more than marks and nonces."""
        settled = settings.CONTENT_SECURITY_POLICY
        by_more = settings.DEBUG or "EXCLUDE_URL_PREFIXES" in settled or hasattr(settings, REPORTS)
        return None if by_more else build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if self._policy is None or "_csp_nonce" in vars(request) or not MARKS.isdisjoint(vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policy)
        return response
