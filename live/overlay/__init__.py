"""The overlay for OBS."""
