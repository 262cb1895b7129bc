"""Recharges: dollars into coins. Started by the viewer, confirmed or failed by the payment provider's messages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from people.models import User
from people.refusals import Refusal
from people.text.numbers import in_dollars
from wallet import accounts, ledger
from wallet.coins import coins_of
from wallet.gateways import PaymentMessage, payment_gateway
from wallet.gateways.sandbox import gateway as sandbox
from wallet.models import CoinPackage, PaymentEvent, Reason, Recharge, RechargeStep
from wallet.packages import offered_packages


class RechargeRefused(Refusal):
    """The recharge can't be started or decided like this."""


class PackageChanged(RechargeRefused):
    """The package isn't sold as the page showed it; the page is to be shown anew."""


@transaction.atomic
def start_recharge(
    *,
    user: User,
    package: CoinPackage,
    method: str,
    recharge_id: UUID,
    shown_cents: int | None = None,
    now: datetime | None = None,
) -> Recharge:
    """Start buying a package at its price now; the same id again returns the same recharge.

    `shown_cents` is the price that the page showed, None if none was. Raise PackageChanged if it is another now or the
    package was retired, and RechargeRefused for a used id. Nothing is charged before the checkout has named the price.
    """
    recharge = Recharge.objects.filter(pk=recharge_id).first() or _open_recharge(
        user, package, method, recharge_id, shown_cents, now or timezone.now()
    )
    if (recharge.user_id, recharge.package_id, recharge.method) != (user.pk, package.pk, method):
        raise RechargeRefused("This page was used for another recharge already. Open Recharge again to buy coins.")
    return recharge


def _open_recharge(
    user: User, package: CoinPackage, method: str, recharge_id: UUID, shown_cents: int | None, now: datetime
) -> Recharge:
    sold = offered_packages(now).filter(pk=package.pk).first()
    if sold is None or sold.cents is None:
        raise PackageChanged(f"The package of {package} isn’t offered any more. Nothing was charged; choose another.")
    if shown_cents not in (None, sold.cents):
        raise PackageChanged(
            f"The price of {package} is {in_dollars(sold.cents)} now, not {in_dollars(shown_cents)}. "
            "Nothing was charged; choose again."
        )
    recharge, is_new = Recharge.objects.get_or_create(
        id=recharge_id,
        defaults={
            "user": user,
            "package": package,
            "coins": package.coins,
            "cents": sold.cents,
            "provider": payment_gateway().slug,
            "method": method,
            "started_at": now,
        },
    )
    if is_new:
        _note_step(recharge, by=user.email, why=f"Chose {recharge}", now=now)
    return recharge


@transaction.atomic
def confirm_recharge(
    recharge_id: UUID, *, payment_id: str, by: str, why: str = "Payment received", now: datetime | None = None
) -> Recharge:
    """Credit the coins of a paid recharge, once; return the recharge. A repeat changes nothing.

    A failed recharge whose payment arrives late is credited too: the viewer's money did move.
    Raise RechargeRefused if another payment has confirmed it, or if the payment was for another recharge.
    """
    now = now or timezone.now()  # one moment for the step and its transfers: the books compare them
    recharge = Recharge.objects.select_for_update().get(pk=recharge_id)
    if recharge.status == Recharge.Status.CONFIRMED:
        if recharge.payment_id != payment_id:
            raise RechargeRefused(f"Recharge {recharge_id} was paid by {recharge.payment_id} already.")
        return recharge
    if Recharge.objects.filter(payment_id=payment_id).exists():
        raise RechargeRefused(f"Payment {payment_id} has paid another recharge already.")
    ledger.post(
        debit=accounts.CENTS_VIEWERS,
        credit=accounts.CENTS_PLATFORM,
        amount=recharge.cents,
        reason=Reason.PAYMENT,
        reference=recharge.id,
        now=now,
    )
    ledger.post(
        debit=accounts.COINS_ISSUANCE,
        credit=coins_of(recharge.user),
        amount=recharge.coins,
        reason=Reason.RECHARGE,
        reference=recharge.id,
        now=now,
    )
    recharge.status, recharge.payment_id = Recharge.Status.CONFIRMED, payment_id
    recharge.save(update_fields=["status", "payment_id"])
    _note_step(recharge, by=by, why=why, now=now)
    return recharge


@transaction.atomic
def fail_recharge(recharge_id: UUID, *, by: str, why: str, now: datetime | None = None) -> Recharge:
    """Close a recharge without coins; return it. One that is paid or failed stays what it is."""
    recharge = Recharge.objects.select_for_update().get(pk=recharge_id)
    if recharge.status == Recharge.Status.STARTED:
        recharge.status = Recharge.Status.FAILED
        recharge.save(update_fields=["status"])
        _note_step(recharge, by=by, why=why, now=now)
    return recharge


def receive_message(provider: str, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> str:
    """Act on a provider's signed message, once for its event id; return what was done, in words. Raise Forged."""
    now = now or timezone.now()
    message = payment_gateway(provider).read_message(headers, body, now=now)
    with transaction.atomic():
        event, is_new = PaymentEvent.objects.get_or_create(
            provider=provider,
            event_id=message.event_id,
            defaults={
                "body": body.decode(),
                "about": message.recharge_id,
                "payment_id": message.payment_id,
                "cents": message.cents,
                "outcome": "received",
                "received_at": now,
            },
        )
        if is_new:
            event.outcome = _act_on(provider, message, now)
            event.save(update_fields=["outcome"])
    return event.outcome


def is_decided_here(recharge: Recharge) -> bool:
    """Say whether its checkout is our own page: the sandbox's, while that is the provider of new recharges too.

    A sandbox recharge that is still open when a real provider takes over must not become free coins.
    """
    return recharge.provider == settings.PAYMENT_PROVIDER and payment_gateway(recharge.provider).is_sandbox


def decide_in_sandbox(recharge: Recharge, outcome: str, *, now: datetime | None = None) -> str:
    """Let the sandbox provider say that the payment was `paid` or `declined`; the same decision again changes nothing.

    What it decides arrives as a signed message. Raise RechargeRefused if the recharge was decided the other way.
    """
    if recharge.status == Recharge.Status.CONFIRMED and outcome == "declined":
        raise RechargeRefused("This recharge is paid already, and its coins are in your balance. Nothing was changed.")
    if recharge.status == Recharge.Status.FAILED and outcome == "paid":
        raise RechargeRefused("This recharge is closed and nothing was charged. Start a new one to buy coins.")
    headers, body = sandbox.decide(recharge, outcome, now=now)
    return receive_message(recharge.provider, headers, body, now=now)


def fail_abandoned_recharges(now: datetime | None = None) -> int:
    """Close the recharges that nobody paid within RECHARGE_ABANDONED_AFTER_MINUTES; return how many."""
    minutes = settings.RECHARGE_ABANDONED_AFTER_MINUTES
    before = (now or timezone.now()) - timedelta(minutes=minutes)
    abandoned = Recharge.objects.filter(status=Recharge.Status.STARTED, started_at__lt=before).values_list(
        "pk", flat=True
    )
    for recharge_id in list(abandoned):
        fail_recharge(recharge_id, by="worker", why=f"Not paid within {minutes} minutes")
    return len(abandoned)


def _act_on(provider: str, message: PaymentMessage, now: datetime) -> str:
    recharge = Recharge.objects.filter(pk=message.recharge_id, provider=provider).first()
    if recharge is None:
        return "no such recharge"
    if (message.cents, message.currency) != (recharge.cents, "USD"):
        return f"refused: {message.cents} {message.currency} paid, {recharge.cents} USD asked"
    if message.outcome == "declined":
        status = fail_recharge(recharge.pk, by=provider, why="The payment was declined", now=now).status
        return status if status == Recharge.Status.FAILED else f"refused: the recharge is {status} already"
    try:
        return confirm_recharge(recharge.pk, payment_id=message.payment_id, by=provider, now=now).status
    except RechargeRefused as refusal:
        return f"refused: {refusal}"


def _note_step(recharge: Recharge, *, by: str, why: str, now: datetime | None = None) -> None:
    RechargeStep.objects.create(
        recharge=recharge, status=recharge.status, by=by[:40], why=why[:200], at=now or timezone.now()
    )
