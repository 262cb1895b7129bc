"""Live sessions: start, goal, video, end and settlement."""
