"""The site's addresses, and a page that only loads the signed-in user."""

from django.http import HttpResponse
from django.urls import path

from config.urls import handler500, urlpatterns

__all__ = ["handler500", "urlpatterns"]


def signed_in(request):
    return HttpResponse(f"<p>{request.user.name}</p>")


urlpatterns = [
    path("bench/signed-in/", signed_in),
    *urlpatterns,
]
