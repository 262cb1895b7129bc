from django.urls import path

from bench.peers.tutorial.views import healthz, tap

urlpatterns = [
    path("live/<int:creator_id>/tap/", tap, name="tap"),
    path("healthz", healthz, name="healthz"),
]
