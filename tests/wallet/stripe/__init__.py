"""A Stripe look-alike for tests, after Stripe's public description of Checkout. No money moves.

`till.py` keeps the sessions and payments, `shapes.py` the published shapes that it is held to, `server.py` answers over
HTTP and signs events.
"""
