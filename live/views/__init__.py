"""Pages and fragments: a view reads the request, calls a verb, and renders."""
