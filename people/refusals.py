"""Refusals: a rule said no, nothing was changed, and the words are for a person."""


class Refusal(Exception):
    """Raised by verbs. `str(refusal)` names the rule, the number and the date; answered with 409."""

    status = 409
    retry_after: int | None = None


class TooMany(Refusal):
    """Too many requests for now; answered with 429 and Retry-After in seconds."""

    status = 429
    retry_after = 1
