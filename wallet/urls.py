"""Addresses of the viewer's wallet."""

from django.urls import path

from wallet import views

urlpatterns = [
    path("", views.wallet, name="wallet"),
    path("recharge/", views.recharge_start, name="recharge-start"),
    path("recharge/<uuid:recharge_id>/", views.recharge, name="recharge"),
    path("callbacks/<slug:provider>/", views.payment_callback, name="payment-callback"),
]
