"""How htmx asks, so that a view answers with fragments."""

HTMX = {"HX-Request": "true"}
