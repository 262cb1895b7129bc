"""Creators: becoming one, what others see of one, and following."""
