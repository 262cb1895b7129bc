"""The page that stops one kind of mail, from the link in each mail of that kind. It needs no log-in.

A mail program posts here by itself (RFC 8058), without cookies, so the signature in the address replaces the token of
a form. GET changes nothing: programs that check links in mails open them.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from people.mail.choices import KINDS, choices_of, choose_mails, read_stopping
from people.requests import Request


@csrf_exempt  # a mail program posts without a session; the address is signed instead
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: Request, signed: str) -> HttpResponse:
    """Ask before mails of one kind are stopped; stop them on POST, and say so."""
    found = read_stopping(signed)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        choose_mails(user, **{kind: False})
    context = {"what": KINDS[kind], "is_wanted": getattr(choices_of(user), kind)}
    return render(request, "people/stop_mails.html", context)
