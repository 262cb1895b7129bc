"""Addresses of withdrawals and payout accounts. Live Gifts itself (`/payouts/`) mixes all apps and belongs to live."""

urlpatterns = []
