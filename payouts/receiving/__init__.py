"""Payout accounts: receivers, countries and services."""
