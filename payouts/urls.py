"""Addresses of withdrawals and payout accounts. Live Gifts itself (`/payouts/`) mixes all apps and belongs to live."""

from django.urls import path

from payouts import webhooks
from payouts.views import accounts, withdrawal, withdrawing

urlpatterns = [
    path("withdraw/", withdrawing.withdraw, name="withdraw"),
    path("withdraw/confirm/", withdrawing.confirm, name="confirm-withdrawal"),
    path("accounts/", accounts.accounts, name="payout-accounts"),
    path("accounts/<int:account_id>/remove/", accounts.remove_account, name="remove-payout-account"),
    path("webhooks/paypal/", webhooks.paypal_webhook, name="paypal-webhook"),
    path("<uuid:withdrawal_id>/", withdrawal.withdrawal, name="withdrawal"),
    path("<uuid:withdrawal_id>/cancel/", withdrawal.cancel, name="cancel-withdrawal"),
]
