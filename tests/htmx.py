"""The headers of htmx, for which a view returns fragments."""

HTMX = {"HX-Request": "true"}
