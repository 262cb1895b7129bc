"""The sandbox's receivers and their outcomes, to try each outcome of a withdrawal where no money moves."""

from payouts.gateways import Answer, PayoutAnswer, payout_gateway
from payouts.gateways.sandbox import EVERYBODY_ELSE, OUTCOMES, UNCLAIMED

HOST = "example.com"
LEADS_TO = {
    Answer.PAID: "is paid",
    Answer.FAILED: "is refused as soon as it is sent",
    Answer.RETURNED: "is sent, and comes back",
    Answer.PENDING: "stays on the way",
    Answer.UNKNOWN: "never gets an answer",
    Answer.UNCLEAR: "gets a status without a rule, so an operator must look",
}
NOT_CLAIMED = "lies there unclaimed until you call it back"


def receivers_to_try() -> list[tuple[str, str]]:
    """Return (receiver, outcome in words) for each outcome of the sandbox; empty where real money moves."""
    if not payout_gateway().is_sandbox:
        return []
    rows = [(f"{name}@{HOST}", _words(answers[-1])) for name, answers in OUTCOMES.items()]
    return [*rows, ("anybody else", _words(EVERYBODY_ELSE[-1]))]


def _words(answer: PayoutAnswer) -> str:
    return NOT_CLAIMED if answer.status == UNCLAIMED.status else LEADS_TO[answer.answer]
