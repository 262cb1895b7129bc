"""Recharges: dollars into coins. The viewer starts one; the payment provider's messages confirm or fail it."""

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
from wallet.ages import require_age
from wallet.coins import coins_of
from wallet.exact import exact_terms
from wallet.gateways import PaymentGateway, PaymentMessage, local_gateway, payment_gateway, payment_providers
from wallet.gateways.sandbox import gateway as sandbox
from wallet.models import Checkout, CoinPackage, PaymentEvent, Reason, Recharge, RechargeStep
from wallet.packages import offered_packages


class RechargeRefused(Refusal):
    """A rule refuses to start or decide the recharge; nothing was changed."""


class PackageChanged(RechargeRefused):
    """The price or the offer changed since the page was rendered; the view renders it again."""


@transaction.atomic
def start_recharge(
    *,
    user: User,
    package: CoinPackage | None,
    method: str,
    recharge_id: UUID,
    provider: str = "",
    exact_coins: int = 0,
    shown_cents: int | None = None,
    now: datetime | None = None,
) -> Recharge:
    """Start buying a package, or without one `exact_coins`, at the price now; the same id again returns the same.

    `provider` has the method, by default the first one. `shown_cents` is the price on the page, or None. Raise
    PackageChanged if the price differs now or the package was retired, AgeRefused if the user must declare their age,
    and RechargeRefused if the id has another recharge. The checkout shows the price before it charges.
    """
    now, gateway = now or timezone.now(), payment_gateway(provider)
    recharge = Recharge.objects.filter(pk=recharge_id).first()
    if recharge is None:
        if package:
            coins, cents = package.coins, _price_of_package(package, shown_cents, now)
        else:
            coins, cents = exact_coins, _price_of_exact(exact_coins, shown_cents, now)
        wish = Recharge(
            id=recharge_id, user=user, package=package, coins=coins, cents=cents, provider=gateway.slug, method=method
        )
        recharge = _open_recharge(wish, gateway, now)
    asked = (user.pk, package and package.pk, package.coins if package else exact_coins, gateway.slug, method)
    found = (recharge.user_id, recharge.package_id, recharge.coins, recharge.provider, recharge.method)
    if found != asked:
        raise RechargeRefused("This page was used for another recharge already. Open Recharge again to buy coins.")
    return recharge


def _price_of_package(package: CoinPackage, shown_cents: int | None, now: datetime) -> int:
    sold = offered_packages(now).filter(pk=package.pk).first()
    if sold is None or sold.cents is None:
        raise PackageChanged(f"The package of {package} isn’t offered any more. Nothing was charged; choose another.")
    _refuse_other_price(f"The price of {package}", sold.cents, shown_cents)
    return sold.cents


def _price_of_exact(coins: int, shown_cents: int | None, now: datetime) -> int:
    terms = exact_terms(now)
    if not terms.covers(coins):
        raise PackageChanged(f"{terms.bounds} Nothing was charged; choose again.")
    cents = terms.cents_of(coins)
    _refuse_other_price(f"The price of {coins:,} coin{'' if coins == 1 else 's'}", cents, shown_cents)
    return cents


def _refuse_other_price(what: str, cents: int, shown_cents: int | None) -> None:
    if shown_cents not in (None, cents):
        raise PackageChanged(
            f"{what} is {in_dollars(cents)} now, not {in_dollars(shown_cents)}. Nothing was charged; choose again."
        )


def _open_recharge(wish: Recharge, gateway: PaymentGateway, now: datetime) -> Recharge:
    """Save the recharge, or return the one that another request has saved with its id meanwhile. Raise AgeRefused."""
    require_age(wish.user, now)
    columns = ("user", "package", "coins", "cents", "provider", "method")
    values = {name: getattr(wish, name) for name in columns}
    recharge, is_new = Recharge.objects.get_or_create(id=wish.id, defaults={**values, "started_at": now})
    if is_new:
        _note_step(recharge, by=wish.user.email, why=f"Chose {recharge}", now=now)
        if not gateway.is_sandbox:
            # Committed before the provider is called: after a crash it may have the checkout.
            Checkout.objects.create(recharge=recharge, is_live=gateway.is_live)
    return recharge


@transaction.atomic
def confirm_recharge(
    recharge_id: UUID, *, payment_id: str, by: str, why: str = "Payment received", now: datetime | None = None
) -> Recharge:
    """Credit the coins of a paid recharge, once; return the recharge. A repeat changes nothing.

    A late payment of a failed recharge is credited too, because the viewer's money moved.
    Raise RechargeRefused if another payment confirmed the recharge, or if the payment belongs to another recharge.
    """
    now = now or timezone.now()  # the step and its transfers have the same moment, which check_books() compares
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
    """Close a started recharge without coins; return it. A paid or failed one stays unchanged."""
    recharge = Recharge.objects.select_for_update().get(pk=recharge_id)
    if recharge.status == Recharge.Status.STARTED:
        recharge.status = Recharge.Status.FAILED
        recharge.save(update_fields=["status"])
        _note_step(recharge, by=by, why=why, now=now)
    return recharge


def receive_message(provider: str, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None) -> str:
    """Act on the signed message of a provider whose checkout is here; return the outcome in words. Raise Forged."""
    now = now or timezone.now()
    message = local_gateway(provider).read_message(headers, body, now=now)
    return take_message(provider, message, body.decode(), now=now)


@transaction.atomic
def take_message(provider: str, message: PaymentMessage, body: str, *, why: str = "", now: datetime) -> str:
    """Store the provider's word about a payment and act on it, once for its event id; return the outcome in words.

    `why` is the reason in the recharge's step, if it isn't the usual one.
    """
    event, is_new = PaymentEvent.objects.get_or_create(
        provider=provider,
        event_id=message.event_id,
        defaults={
            "body": body,
            "about": message.recharge_id,
            "payment_id": message.payment_id,
            "cents": message.cents,
            "outcome": "received",
            "received_at": now,
        },
    )
    if is_new:
        event.outcome = _act_on(provider, message, why, now)
        event.save(update_fields=["outcome"])
    return event.outcome


def is_decided_here(recharge: Recharge) -> bool:
    """Return whether the checkout is a page of this site: the sandbox's, while PAYMENT_PROVIDER names the sandbox.

    Once a real provider is configured, an open sandbox recharge must not become free coins.
    """
    return recharge.provider in payment_providers() and payment_gateway(recharge.provider).is_sandbox


def decide_in_sandbox(recharge: Recharge, outcome: str, *, now: datetime | None = None) -> str:
    """Send the sandbox's signed message that the payment was `paid` or `declined`; a repeat changes nothing.

    Return the outcome in words. Raise RechargeRefused if the recharge already has the other outcome.
    """
    if recharge.status == Recharge.Status.CONFIRMED and outcome == "declined":
        raise RechargeRefused("This recharge is paid already, and its coins are in your balance. Nothing was changed.")
    if recharge.status == Recharge.Status.FAILED and outcome == "paid":
        raise RechargeRefused("This recharge is closed and nothing was charged. Start a new one to buy coins.")
    headers, body = sandbox.decide(recharge, outcome, now=now)
    return receive_message(recharge.provider, headers, body, now=now)


def fail_abandoned_recharges(now: datetime | None = None) -> int:
    """Fail the recharges that stayed unpaid for RECHARGE_ABANDONED_AFTER_MINUTES; return how many.

    One with an open checkout at its provider can still be paid there: it fails once the provider says so.
    """
    minutes = settings.RECHARGE_ABANDONED_AFTER_MINUTES
    before = (now or timezone.now()) - timedelta(minutes=minutes)
    unpaid = Recharge.objects.filter(status=Recharge.Status.STARTED, started_at__lt=before)
    abandoned = list(unpaid.exclude(checkout__reference__gt="").values_list("pk", flat=True))
    for recharge_id in abandoned:
        fail_recharge(recharge_id, by="worker", why=f"Not paid within {minutes} minutes")
    return len(abandoned)


def _act_on(provider: str, message: PaymentMessage, why: str, now: datetime) -> str:
    recharge = Recharge.objects.filter(pk=message.recharge_id, provider=provider).first()
    if recharge is None:
        return "no such recharge"
    if (message.cents, message.currency) != (recharge.cents, "USD"):
        return f"refused: {message.cents} {message.currency} paid, {recharge.cents} USD asked"
    if message.outcome == "declined":
        why = why or "The payment was declined"
        status = fail_recharge(recharge.pk, by=provider, why=why, now=now).status
        return status if status == Recharge.Status.FAILED else f"refused: the recharge is {status} already"
    try:
        return confirm_recharge(recharge.pk, payment_id=message.payment_id, by=provider, now=now).status
    except RechargeRefused as refusal:
        return f"refused: {refusal}"


def _note_step(recharge: Recharge, *, by: str, why: str, now: datetime | None = None) -> None:
    RechargeStep.objects.create(
        recharge=recharge, status=recharge.status, by=by[:40], why=why[:200], at=now or timezone.now()
    )
