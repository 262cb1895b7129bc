"""The room: its page, its board, viewers now, sharing."""
