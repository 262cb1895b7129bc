"""Text that people type or paste: names, numbers, lengths, what is invisible, CSV."""
