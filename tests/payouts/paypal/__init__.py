"""A PayPal look-alike for tests, after PayPal's public description of its Payouts API. No money moves.

`bank.py` keeps the payouts and counts what was paid, `signing.py` signs webhooks, `server.py` answers over HTTP.
"""
