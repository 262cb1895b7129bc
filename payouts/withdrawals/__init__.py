"""Withdrawals: offer, quote, request, sending, tracking, approval."""
