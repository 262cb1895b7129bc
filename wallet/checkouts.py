"""Checkouts on a provider's own site: opened, told of by events, asked about, and concluded by the provider's answer.

An event moves nothing: it only has the provider asked, because events come late, twice and out of order. No call to a
provider is made inside a transaction, and a missing answer concludes nothing.
"""

import logging
import time
from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from people.notices import Kind, notify
from people.outages import is_outage
from wallet.errands import Errand, with_errand
from wallet.gateways import (
    CheckoutRefused,
    HostedGateway,
    PaymentAnswer,
    PaymentMessage,
    PaymentNews,
    ProviderAway,
    Standing,
    hosted_gateway,
    local_gateway,
)
from wallet.models import Checkout, PaymentEvent, Recharge
from wallet.recharges import RechargeRefused, take_message

log = logging.getLogger(__name__)

# A round asks for so long at most, so that the worker's other jobs have their turn.
ROUND_SECONDS = 10
AT_ONCE = 20
State = Checkout.State
# The outcome of a recharge that each standing leads to. The others conclude nothing.
OUTCOMES = {Standing.PAID: "paid", Standing.DECLINED: "declined"}


class CheckoutAway(RechargeRefused):
    """The provider gave no usable answer, so there is no checkout to go to yet. The same form may be sent again."""

    status = 503
    retry_after = 10


def checkout_address(recharge: Recharge, errand: Errand, *, page: str) -> str:
    """Return where the recharge is paid; open the provider's checkout if there is none yet.

    `page` is the recharge's own absolute address, to which the provider sends the viewer back. Raise RechargeRefused
    if the recharge is closed or the provider refuses it, CheckoutAway if the provider gave no usable answer.
    """
    gateway = hosted_gateway(recharge.provider)
    if gateway is None:
        return with_errand(local_gateway(recharge.provider).checkout_url(recharge), errand)
    checkout = Checkout.objects.get(recharge=recharge)
    if recharge.status != Recharge.Status.STARTED or checkout.state != State.OPEN:
        return page
    return checkout.url or _open(gateway, recharge, page)


def _open(gateway: HostedGateway, recharge: Recharge, page: str) -> str:
    try:
        opened = gateway.open_checkout(recharge, page=page)
    except ProviderAway as away:
        log.warning("recharge %s: no checkout from %s: %s", recharge.id, gateway.slug, away)
        Checkout.objects.filter(recharge=recharge).update(trouble=str(away)[:200])
        raise CheckoutAway(
            "The payment provider isn’t answering. Nothing was charged; try again in a moment."
        ) from None
    except CheckoutRefused as refused:
        log.error("recharge %s: %s", recharge.id, refused)
        raise RechargeRefused(
            "The payment provider doesn’t accept this recharge. Nothing was charged; open Recharge again to buy coins."
        ) from None
    now = timezone.now()
    # Two requests at once have opened the same checkout, because both sent the recharge's id as its key.
    Checkout.objects.filter(recharge=recharge).update(
        reference=opened.reference, url=opened.url, opened_at=now, asked_at=now, trouble=""
    )
    return opened.url


# --- Events -----------------------------------------------------------------------------------------


def receive_event(
    gateway: HostedGateway, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None
) -> str:
    """Store a provider's signed event, once, and have the provider asked; return the result in words. Raise Forged."""
    now = now or timezone.now()
    news = gateway.read_event(headers, body, now=now)
    if news is None:
        return "ignored"
    with transaction.atomic():
        checkout = _checkout_of(gateway.slug, news)
        if checkout is None and not news.concerns:
            return "no such recharge"
        event, is_new = PaymentEvent.objects.get_or_create(
            provider=gateway.slug,
            event_id=news.id,
            defaults={
                "body": body.decode(),
                "about": checkout.pk if checkout else None,
                "payment_id": news.payment_id,
                "cents": news.cents,
                "outcome": _outcome_of(checkout, news),
                "received_at": now,
            },
        )
        if is_new and checkout:
            _note_news(checkout, news)
    return event.outcome


def _checkout_of(provider: str, news: PaymentNews) -> Checkout | None:
    """Return the checkout that an event is about, locked: by its recharge, or by the payment that paid it."""
    checkouts = Checkout.objects.select_for_update(of=("self",)).filter(recharge__provider=provider)
    if news.concerns:
        return checkouts.filter(recharge__payment_id=news.payment_id).first() if news.payment_id else None
    return checkouts.filter(pk=news.recharge_id).first()


def _is_another(checkout: Checkout, news: PaymentNews) -> bool:
    return bool(checkout.reference and news.reference and checkout.reference != news.reference)


def _outcome_of(checkout: Checkout | None, news: PaymentNews) -> str:
    if news.concerns:
        return f"{news.concerns}; {'to be looked at' if checkout else 'no such recharge'}"
    is_another = checkout is not None and _is_another(checkout, news)
    return "refused: another checkout" if is_another else f"asked: {news.kind}"


def _note_news(checkout: Checkout, news: PaymentNews) -> None:
    if news.concerns:
        checkout.attention = news.concerns[:200]
    elif _is_another(checkout, news):
        checkout.attention = f"The provider told of a second checkout, {news.reference}."[:200]
    else:
        checkout.ask_now = True
        # The answer with the reference may have been lost. An answer counts only if it names our recharge.
        checkout.reference = checkout.reference or news.reference
    if checkout.attention:
        log.error("recharge %s: %s", checkout.pk, checkout.attention)
    checkout.save(update_fields=["attention", "ask_now", "reference"])


# --- Answers ----------------------------------------------------------------------------------------


def ask_about_checkouts(*, now: datetime | None = None, limit: int = 200) -> int:
    """Ask the providers about the checkouts that are due, and record their answers; return how many were asked."""
    until = time.monotonic() + ROUND_SECONDS
    asked = 0
    while asked < limit and time.monotonic() < until:
        taken = _take_up(now or timezone.now())
        for checkout in taken:
            _ask(checkout, now=now)
        asked += len(taken)
        if len(taken) < AT_ONCE:
            break
    return asked


def _take_up(now: datetime) -> list[Checkout]:
    with transaction.atomic():
        rows = Checkout.objects.due_to_ask(now)
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        taken = list(rows.select_related("recharge").order_by("asked_at", "pk")[:AT_ONCE])
        # An event that comes from now on has the provider asked once more.
        Checkout.objects.filter(pk__in=[checkout.pk for checkout in taken]).update(asked_at=now, ask_now=False)
    return taken


def _ask(checkout: Checkout, *, now: datetime | None) -> None:
    """Call the provider, outside of any transaction, and record the answer. A failure leaves the others their turn."""
    recharge = checkout.recharge
    gateway = hosted_gateway(recharge.provider)
    if gateway is None:
        return
    try:
        record_answer(checkout, gateway.look_up(recharge, checkout.reference), now=now)
    except Exception as error:
        if is_outage(error):
            raise  # the database is away for the next one too
        log.exception("recharge %s: asking %s failed, the next one is asked", checkout.pk, recharge.provider)


@transaction.atomic
def record_answer(checkout: Checkout, answer: PaymentAnswer, *, now: datetime | None = None) -> Checkout:
    """Record the provider's answer; a paid or declined one concludes the recharge. Return the Checkout."""
    now = now or timezone.now()
    checkout = Checkout.objects.select_for_update(of=("self",)).select_related("recharge__user").get(pk=checkout.pk)
    if answer.standing == Standing.UNKNOWN:
        log.warning("recharge %s: no answer from %s, asked again later", checkout.pk, checkout.recharge.provider)
        checkout.trouble, checkout.ask_now = answer.why[:200], True
    else:
        before, checkout.state, checkout.trouble = checkout.state, State(answer.standing), ""
        refused = _conclude(checkout.recharge, answer, now)
        if refused and refused[:200] != checkout.attention:
            log.error("recharge %s: nothing was credited. %s", checkout.pk, refused)
        checkout.attention = refused[:200] or _heard_before(checkout.recharge, answer) or checkout.attention
        if not refused and before not in (State.OPEN, checkout.state):
            _tell_late(checkout.recharge, answer.standing, now)
    checkout.save(update_fields=["state", "trouble", "ask_now", "attention"])
    return checkout


def _conclude(recharge: Recharge, answer: PaymentAnswer, now: datetime) -> str:
    """Act on an answer that ends the recharge; return in words why nothing was credited, where a person must look."""
    if answer.standing == Standing.UNCLEAR:
        return answer.why
    if answer.standing not in OUTCOMES:
        return ""
    message = PaymentMessage(
        # One for each end of a recharge: the same answer again is the same message.
        event_id=f"answer-{recharge.id}-{answer.standing}",
        outcome=OUTCOMES[answer.standing],
        recharge_id=recharge.id,
        payment_id=answer.payment_id,
        # The gateway has compared amount and currency: an answer with others is unclear.
        cents=recharge.cents,
        currency="USD",
        sent_at=now,
    )
    outcome = take_message(recharge.provider, message, answer.body, why=answer.why, now=now)
    return outcome if outcome.startswith("refused") else ""


def _heard_before(recharge: Recharge, answer: PaymentAnswer) -> str:
    """Return the outcome of an earlier event about this payment: a dispute may come before the answer "paid"."""
    if answer.standing != Standing.PAID:
        return ""
    events = PaymentEvent.objects.filter(provider=recharge.provider, payment_id=answer.payment_id, about=None)
    event = events.first()
    return event.outcome if event else ""


def _tell_late(recharge: Recharge, standing: Standing, now: datetime) -> None:
    """Tell the viewer of an end that came after they had left: the money of a bank, days later."""
    words = {
        Standing.PAID: f"{recharge}: the money has arrived, and the coins are in your balance.",
        Standing.DECLINED: f"{recharge}: your bank didn’t pay. Nothing was credited.",
    }
    if standing in words:
        notify(recharge.user, words[standing], reverse("recharge", args=[recharge.id]), now=now, kind=Kind.MONEY)
