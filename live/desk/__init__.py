"""The operator's desk: the platform's sums by day, its state now, and one page for one thing."""
