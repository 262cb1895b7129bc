"""Totals: sums over taps, by gifter, live, creator and week."""
