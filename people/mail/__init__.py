"""Mails: line wrapping, the outbox that sends them, and the mailbox of the demo."""
