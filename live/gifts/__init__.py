"""Gifts: the catalog, a tap, combos, a viewer's own limits, and test gifts."""
