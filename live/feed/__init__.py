"""The feed: the taps of a live in their order, and the tallies up to a place in it."""
