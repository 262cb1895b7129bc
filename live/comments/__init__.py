"""Comments in a live: writing, removing, muting, and the words that a creator forbids."""
