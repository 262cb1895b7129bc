"""Dates as the site writes them, for the admin: day first, with the zone. They win over Django's own for English."""

DATETIME_FORMAT, DATE_FORMAT = "j M Y, H:i T", "j M Y"
