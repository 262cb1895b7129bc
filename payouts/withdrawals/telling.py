"""Notices and mails to the creator, for each step of a withdrawal.

Called inside the transaction that moves the withdrawal, once for each status, as its step is written once. The notice
and the mail's row are part of that transaction. The mail leaves after the commit; its failure changes nothing, and the
worker tries it again (people/mail/outbox.py).
"""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from payouts.models import Withdrawal
from payouts.money import usd
from people.brand import site_name
from people.mail.mails import mail_to
from people.notices import Kind, notify

Status = Withdrawal.Status
# Notices are short, but a provider or an operator may give a long reason.
MOST_OF_A_REASON = 160


def tell(withdrawal: Withdrawal, *, by: str = "", why: str = "", now: datetime | None = None) -> None:
    """Tell the creator that the withdrawal has reached its status, unless they did it themselves."""
    news = _news_of(withdrawal, by)
    if not news:
        return
    now, why = now or timezone.now(), _as_sentence(why)
    page = reverse("withdrawal", args=[withdrawal.id])
    amount, service = usd(withdrawal.cents), withdrawal.account.service
    subject, notice = (text.format(amount=amount, service=service, site=site_name()) for text in NEWS[news])
    text = " ".join(filter(None, [notice, *_rest_of_notice(withdrawal, news, why)]))
    notify(withdrawal.creator, text, page, now=now, kind=Kind.MONEY)
    about = {"withdrawal": withdrawal, "why": why, "at": now, "link": settings.SITE_URL and settings.SITE_URL + page}
    words = render_to_string(f"payouts/mail/withdrawal_{news}.txt", about)
    mail_to(withdrawal.creator, " ".join(subject.split()), words, about=f"withdrawal {withdrawal.id}")


# The subject of the mail, and how the notice begins.
NEWS = {
    "requested": ("Withdrawal of {amount} requested", "You asked for {amount} to {service}."),
    "waiting": ("Withdrawal of {amount} waits for approval", "You asked for {amount} to {service}."),
    "sent": ("{amount} is on its way to {service}", "{amount} is on its way to {service}."),
    "paid": ("{amount} was paid to {service}", "{amount} was paid to {service}."),
    "back": ("{amount} came back", "{amount} to {service} came back:"),
    "cancelled": ("Withdrawal of {amount} cancelled", "{site} cancelled {amount} to {service}:"),
}


def _news_of(withdrawal: Withdrawal, by: str) -> str:
    """Return the key in NEWS; empty for a creator's own cancelling, which they have just seen."""
    if withdrawal.status == Status.CANCELLED:
        return "" if by in ("", "creator", withdrawal.creator.email) else "cancelled"
    if withdrawal.status == Status.REQUESTED and withdrawal.waits_for_approval:
        return "waiting"
    return "back" if withdrawal.status in Withdrawal.GIVEN_BACK else withdrawal.status


def _rest_of_notice(withdrawal: Withdrawal, news: str, why: str) -> list[str]:
    arrival = f"It should arrive by {withdrawal.arrives_by:%-d %B %Y}."
    return {
        "requested": [arrival],
        "waiting": [f"Somebody at {site_name()} looks at it before it is sent. You can cancel until then."],
        "sent": [arrival],
        "paid": [],
        "back": [why[:MOST_OF_A_REASON], "Your diamonds are back."],
        "cancelled": [why[:MOST_OF_A_REASON], "Your diamonds are back."],
    }[news]


def _as_sentence(why: str) -> str:
    why = " ".join(why.split())
    return why if not why or why.endswith((".", "!", "?")) else f"{why}."
