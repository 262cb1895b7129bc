"""What a creator hears of a withdrawal on the site, whenever it gets further or comes back."""

from payouts.models import Withdrawal
from payouts.templatetags.money import usd
from people.notices import notify

Status = Withdrawal.Status


def tell(withdrawal, *, why="", now=None):
    """Leave the creator a notice of the status that the withdrawal has just reached."""
    sentence = _sentence(withdrawal, why)
    if sentence:
        notify(withdrawal.creator, sentence, f"/payouts/{withdrawal.id}/", now=now)


def _sentence(withdrawal, why):
    amount, account = usd(withdrawal.cents), withdrawal.account
    if withdrawal.status == Status.PAID:
        return f"{amount} was paid to {account}."
    if withdrawal.status in (Status.FAILED, Status.RETURNED):
        return f"{amount} came back: {why} Your diamonds are back."
    return ""
