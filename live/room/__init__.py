"""The room: its page, its board, viewers now and sharing."""
