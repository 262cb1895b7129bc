"""Addresses of withdrawals and payout accounts. Live Gifts itself (`/payouts/`) mixes all apps and belongs to live."""

from django.urls import path

from payouts import views, webhooks

urlpatterns = [
    path("withdraw/", views.withdraw, name="withdraw"),
    path("withdraw/confirm/", views.confirm, name="confirm-withdrawal"),
    path("accounts/", views.accounts, name="payout-accounts"),
    path("accounts/<int:account_id>/remove/", views.remove_account, name="remove-payout-account"),
    path("webhooks/paypal/", webhooks.paypal_webhook, name="paypal-webhook"),
    path("<uuid:withdrawal_id>/", views.withdrawal, name="withdrawal"),
    path("<uuid:withdrawal_id>/cancel/", views.cancel, name="cancel-withdrawal"),
]
