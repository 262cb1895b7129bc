"""Addresses of the viewer's wallet."""

urlpatterns = []
