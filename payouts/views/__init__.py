"""Pages of withdrawals and payout accounts: a view reads the request, calls a verb, and renders."""
