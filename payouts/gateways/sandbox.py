"""The sandbox payout provider: no money moves; the receiver's address chooses the outcome.

`fail@…` is refused at once, `returned@…` comes back after it was sent, `slow@…` stays on the way, `unknown@…` never
answers; everybody else is paid. The outcome depends on the address alone, so a repeat gives the same answer.
"""

from payouts.gateways import Answer, PayoutAnswer

OUTCOMES = {
    "fail": ("The account is closed.", Answer.FAILED, Answer.FAILED),
    "returned": ("No such account.", Answer.PENDING, Answer.RETURNED),
    "slow": ("Waiting at the provider.", Answer.PENDING, Answer.PENDING),
    "unknown": ("The provider did not answer.", Answer.UNKNOWN, Answer.UNKNOWN),
}
PAID = ("", Answer.PENDING, Answer.PAID)


class SandboxGateway:
    slug = "sandbox"
    is_sandbox = True

    def send(self, payout):
        why, at_sending, _ = self._outcome(payout)
        return PayoutAnswer(at_sending, f"sandbox-{payout.id}", why)

    def look_up(self, payout):
        why, _, later = self._outcome(payout)
        return PayoutAnswer(later, f"sandbox-{payout.id}", why)

    def _outcome(self, payout):
        return OUTCOMES.get(payout.receiver.partition("@")[0].lower(), PAID)


gateway = SandboxGateway()
