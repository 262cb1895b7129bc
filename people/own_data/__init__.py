"""One's own data as files: the tables that each app describes, and how they are written as CSV and JSON."""
