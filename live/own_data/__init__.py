"""One's own data: what a person gave, wrote and follows, and what a creator earned, as tables of files."""
