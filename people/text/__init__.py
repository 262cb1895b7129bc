"""Text that people type or paste: names, numbers, lengths, invisible characters, CSV."""
