"""Refusals: exceptions of the rules, with words for a person. Nothing was changed."""


class Refusal(Exception):
    """A rule refused a verb. `str(refusal)` names the rule, the number and the date. Views respond with 409."""

    status = 409
    retry_after: int | None = None


class TooMany(Refusal):
    """A rate limit refused a verb. Views respond with 429 and Retry-After in seconds."""

    status = 429
    retry_after = 1
