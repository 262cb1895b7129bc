"""The demo world and its simulated viewers."""
