"""The policy of a response: the site's, built once, or one of its own where a view or a nonce asks for it."""

import pytest
from csp.decorators import csp_exempt, csp_replace, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse
from django.test import RequestFactory

from config.content_policy import ContentPolicyMiddleware

pytestmark = pytest.mark.once
HEADER, REPORTS = "Content-Security-Policy", "Content-Security-Policy-Report-Only"


def plain(request):
    return HttpResponse("plain")


def with_a_nonce(request):
    return HttpResponse(f"<script nonce={request.csp_nonce}>")


def with_a_policy(request):
    return HttpResponse("own", headers={HEADER: "default-src *"})


updated = csp_update({"media-src": ["https://video.example.com"]})(plain)
replaced = csp_replace({"img-src": ["*"]})(plain)
exempt = csp_exempt()(plain)


def policies(view, middleware):
    """Return both headers as sets of directives; a nonce as NONCE."""
    request = RequestFactory().get("/")
    response = middleware(view)(request)
    nonce = getattr(request, "_csp_nonce", None) or "no nonce"
    sent = (response.headers.get(name, "") for name in (HEADER, REPORTS))
    return [set(header.replace(nonce, "NONCE").split("; ")) for header in sent]


@pytest.mark.parametrize("view", [plain, with_a_nonce, with_a_policy, updated, replaced, exempt])
def test_response_has_the_policy_that_django_csp_would_give_it(view):
    assert policies(view, ContentPolicyMiddleware) == policies(view, CSPMiddleware)


def test_policy_of_one_response_is_not_that_of_the_next():
    middleware = ContentPolicyMiddleware(
        lambda request: replaced(request) if request.path == "/own" else plain(request)
    )

    own = middleware(RequestFactory().get("/own")).headers[HEADER]
    next_one = middleware(RequestFactory().get("/")).headers[HEADER]

    assert "img-src *" in own
    assert "img-src 'self' data:" in next_one


def test_policy_that_only_reports_is_sent_beside_the_other(settings):
    settings.CONTENT_SECURITY_POLICY_REPORT_ONLY = {"DIRECTIVES": {"default-src": ["'none'"]}}

    enforced, reported = policies(plain, ContentPolicyMiddleware)

    assert enforced == policies(plain, CSPMiddleware)[0]
    assert reported == {"default-src 'none'"}


def test_policy_is_built_once(monkeypatch):
    middleware = ContentPolicyMiddleware(plain)
    middleware(RequestFactory().get("/"))
    monkeypatch.setattr("config.content_policy.build_policy", None)
    monkeypatch.setattr("csp.middleware.build_policy", None)

    assert "default-src 'none'" in middleware(RequestFactory().get("/")).headers[HEADER]
