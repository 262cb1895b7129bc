"""Checks of recharges for check_books(): their steps, the coins and cents moved, and the provider's messages."""

from collections.abc import Iterator

from wallet import books
from wallet.coins import MICROS_PER_CENT
from wallet.models import (
    AgeTerms,
    Checkout,
    CoinPackage,
    CoinRate,
    PackageOffer,
    PackagePrice,
    PaymentEvent,
    Reason,
    Recharge,
    RechargeStep,
    RechargeTerms,
)
from wallet.proofs import Difference, differences, in_force, is_distinct, is_not_in_force, rows_of, shifted
from wallet.seals import seal

Status = Recharge.Status
# The allowed (status before, status after); None is the start. A payment after a failure is still credited.
STEPS = [
    (None, Status.STARTED),
    (Status.STARTED, Status.CONFIRMED),
    (Status.STARTED, Status.FAILED),
    (Status.FAILED, Status.CONFIRMED),
]

seal(AgeTerms, rows=AgeTerms.objects.started)
seal(CoinRate, rows=CoinRate.objects.started)
seal(CoinPackage)
seal(PackagePrice, rows=PackagePrice.objects.started)
seal(PackageOffer, rows=PackageOffer.objects.started)
seal(RechargeTerms, rows=RechargeTerms.objects.started)
seal(Recharge, but=("status", "payment_id"))
seal(RechargeStep)
seal(PaymentEvent)
seal(Checkout, but=("reference", "url", "state", "opened_at", "asked_at", "ask_now", "trouble", "attention"))


@books.expect
def paid_recharges_move_cents_and_coins() -> str:
    paid = """FROM wallet_recharge recharge
        JOIN wallet_rechargestep step ON step.recharge_id = recharge.id AND step.status = 'confirmed'"""
    return f"""SELECT '{Reason.PAYMENT}' AS reason, recharge.id AS reference, 0 AS is_reversal,
            'cents:viewers' AS debit_id, 'cents:platform' AS credit_id, recharge.cents AS amount, step.at AS created_at
        {paid}
        UNION ALL SELECT '{Reason.RECHARGE}', recharge.id, 0, 'coins:issuance', 'coins:user:' || recharge.user_id,
            recharge.coins, step.at {paid}"""


@books.check
def recharges_go_from_step_to_step() -> Iterator[str]:
    yield from books.wrong_steps("wallet_rechargestep", "recharge", STEPS)
    query = f"""SELECT recharge.id, recharge.status, last.status
        FROM wallet_recharge recharge
        LEFT JOIN (SELECT recharge_id, MAX(id) AS id FROM wallet_rechargestep GROUP BY recharge_id) newest
            ON newest.recharge_id = recharge.id
        LEFT JOIN wallet_rechargestep last ON last.id = newest.id
        WHERE last.status {is_distinct()} recharge.status"""
    for pk, status, step in rows_of(query):
        yield f"recharge {pk} is {status}, its last step is {step}"
    query = f"""SELECT recharge.id, recharge.started_at, step.at
        FROM wallet_recharge recharge
        JOIN wallet_rechargestep step ON step.recharge_id = recharge.id AND step.status = 'started'
        WHERE recharge.started_at > step.at OR recharge.started_at < {shifted("step.at", -1)}"""
    for pk, started, step in rows_of(query):
        yield f"recharge {pk} was started at {started}, its first step was at {step}"


@books.check
def checkouts_are_of_other_providers() -> Iterator[str]:
    """Check that each recharge has a checkout, unless its provider is the sandbox, whose checkout is a page here."""
    query = """SELECT recharge.id, recharge.provider, checkout.recharge_id IS NULL FROM wallet_recharge recharge
        LEFT JOIN wallet_checkout checkout ON checkout.recharge_id = recharge.id
        WHERE (recharge.provider = 'sandbox') = (checkout.recharge_id IS NOT NULL)"""
    for pk, provider, is_missing in rows_of(query):
        yield f"recharge {pk} of {provider} has {'no' if is_missing else 'a'} checkout"


@books.check
def recharges_are_sold_as_their_packages() -> Iterator[str]:
    """Check that coins are those of the package, and cents its price when the recharge started."""
    prices = ("wallet_packageprice", "cents", "recharge.started_at")
    of = "dated.package_id = recharge.package_id"
    # Recharges from before prices were dated have no dated price to compare with.
    other_price = f"{in_force(*prices, of=of)} IS NOT NULL AND {is_not_in_force('recharge.cents', *prices, of=of)}"
    query = f"""SELECT recharge.id, recharge.coins, recharge.cents, package.coins FROM wallet_recharge recharge
        LEFT JOIN wallet_coinpackage package ON package.id = recharge.package_id
        WHERE recharge.package_id IS NOT NULL AND (recharge.coins {is_distinct()} package.coins OR ({other_price}))"""
    for pk, coins, cents, of_package in rows_of(query):
        yield f"recharge {pk}: {coins} coins for {cents} cents isn't what its package of {of_package} coins was sold as"


@books.check
def exact_amounts_are_sold_at_face_value() -> Iterator[str]:
    """Check that a recharge without a package has the price and the bounds that counted when it started."""
    at = "recharge.started_at"
    # Rounded up to whole cents, as exact_cents() does.
    price = f"(recharge.coins * dated.micros + {MICROS_PER_CENT - 1}) / {MICROS_PER_CENT}"
    other_price = is_not_in_force("recharge.cents", "wallet_coinrate", price, at)
    least, most = (f"dated.{name}" for name in ("exact_from_coins", "exact_to_coins"))
    fits = f"CASE WHEN recharge.coins BETWEEN {least} AND {most} THEN 1 ELSE 0 END"
    out_of_bounds = is_not_in_force("1", "wallet_rechargeterms", fits, at)
    query = f"""SELECT recharge.id, recharge.coins, recharge.cents FROM wallet_recharge recharge
        WHERE recharge.package_id IS NULL AND ({other_price} OR {out_of_bounds})"""
    for pk, coins, cents in rows_of(query):
        yield f"recharge {pk}: {coins} coins for {cents} cents weren't an exact amount at face value"


@books.check
def recharges_are_the_providers_word() -> Iterator[str]:
    """Check that each paid or declined recharge has a message of its provider with the same payment and amount."""
    unpaid = f"SELECT id, status, payment_id FROM wallet_recharge WHERE status <> '{Status.CONFIRMED}'"
    for pk, status, payment in rows_of(f"{unpaid} AND payment_id IS NOT NULL"):
        yield f"recharge {pk} is {status} and names the payment {payment}"
    for status, word in ((Status.CONFIRMED, "paid"), (Status.FAILED, "declined")):
        # A recharge that stays unpaid fails without a message, and may be paid later.
        paid = f"SELECT id AS about, provider, payment_id, cents FROM wallet_recharge WHERE status = '{status}'"
        if status == Status.FAILED:
            # The worker may have failed it first, as abandoned; a message that comes then confirms that.
            paid = """SELECT recharge.id AS about, recharge.provider, recharge.cents FROM wallet_recharge recharge
                JOIN wallet_rechargestep step ON step.recharge_id = recharge.id AND step.status = 'failed'
                WHERE step.by = recharge.provider OR EXISTS (SELECT 1 FROM wallet_paymentevent event
                    WHERE event.about = recharge.id AND event.outcome = 'failed')"""
        columns = ["provider", "payment_id", "cents"] if status == Status.CONFIRMED else ["provider", "cents"]
        said = f"""SELECT about, {", ".join(columns)} FROM wallet_paymentevent
            WHERE outcome = '{status}' GROUP BY about, {", ".join(columns)}"""
        for difference in differences(paid, said, keys=["about"], columns=columns):
            yield f"recharge {difference.key[0]}: {_sentence(difference, word)}"


def _sentence(difference: Difference, word: str) -> str:
    if difference.found is None:
        return f"{word} without a payment event"
    if difference.expected is None:
        return f"a payment event says {word}, the recharge doesn't"
    return f"the payment event's {difference.in_words()}"
