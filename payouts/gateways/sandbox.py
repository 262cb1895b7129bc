"""The sandbox payout provider: no money moves; the receiver's address chooses the outcome.

`fail@…` is refused at once, `returned@…` comes back after it was sent, `slow@…` stays on the way, `unclaimed@…` stays
unclaimed until it is called back, `strange@…` has a status that no rule covers, `unknown@…` never answers. Every other
receiver is paid. The outcome depends on the address alone, so a repeat gives the same answer.
"""

from dataclasses import replace

from payouts.gateways import Answer, Payout, PayoutAnswer

PENDING = PayoutAnswer(Answer.PENDING, status="PENDING")
PAID = PayoutAnswer(Answer.PAID, status="SUCCESS", fee_cents=0)
UNCLAIMED = PayoutAnswer(Answer.PENDING, why="Nobody has claimed it yet.", status="UNCLAIMED")
# The answers to send() and to each look_up().
OUTCOMES = {
    "fail": [PayoutAnswer(Answer.FAILED, why="The account is closed.", status="FAILED")] * 2,
    "returned": [PENDING, PayoutAnswer(Answer.RETURNED, why="No such account.", status="RETURNED")],
    "slow": [PENDING, PENDING],
    "unclaimed": [PENDING, UNCLAIMED],
    "strange": [PENDING, PayoutAnswer(Answer.UNCLEAR, why="In a status of its own.", status="MYSTERIOUS")],
    "unknown": [PayoutAnswer(Answer.UNKNOWN, why="The provider did not answer.")] * 2,
}
EVERYBODY_ELSE = [PENDING, PAID]


class SandboxGateway:
    slug = "sandbox"
    is_sandbox = True
    services = None

    def send(self, payout: Payout) -> PayoutAnswer:
        return self._answer(payout, 0)

    def look_up(self, payout: Payout) -> PayoutAnswer:
        return self._answer(payout, 1)

    def call_back(self, payout: Payout) -> PayoutAnswer:
        answer = self._answer(payout, 1)
        if answer.status != UNCLAIMED.status:
            return answer
        return replace(answer, answer=Answer.RETURNED, status="RETURNED", why="Called back before it was claimed.")

    def _answer(self, payout: Payout, which: int) -> PayoutAnswer:
        answer = OUTCOMES.get(payout.receiver.partition("@")[0].lower(), EVERYBODY_ELSE)[which]
        if answer.answer == Answer.UNKNOWN:
            return answer
        named = replace(answer, reference=f"sandbox-{payout.id}", item=f"item-{payout.id}")
        return replace(named, cents=payout.cents) if answer.answer == Answer.PAID else named


gateway = SandboxGateway()
