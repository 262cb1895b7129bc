"""PayPal's statuses of a payout, and the Answer to each. A status without a row waits for a person."""

import re

from payouts.gateways import Answer, Payout, PayoutAnswer
from payouts.gateways.paypal.api import Json, Value

# All nine statuses of an item, and the sentence that its creator reads.
ITEM = {
    "SUCCESS": (Answer.PAID, "PayPal has credited the receiver's account."),
    "PENDING": (Answer.PENDING, "PayPal has it and is working on it."),
    "ONHOLD": (Answer.PENDING, "PayPal is looking into it before it pays."),
    "UNCLAIMED": (
        Answer.PENDING,
        "PayPal has no confirmed account with this address. Claimed within 30 days it is paid, else it comes back.",
    ),
    "FAILED": (Answer.FAILED, "PayPal couldn't make this payment."),
    "BLOCKED": (Answer.FAILED, "PayPal has blocked this payment."),
    "RETURNED": (Answer.RETURNED, "Nobody claimed it at PayPal."),
    "REFUNDED": (Answer.RETURNED, "The receiver sent it back."),
    "REVERSED": (Answer.RETURNED, "PayPal has taken it back."),
}
# All five of a batch, and two older ones. A finished batch doesn't say whether its item was paid.
BATCH = {
    "NEW": Answer.PENDING,
    "ACKNOWLEDGED": Answer.PENDING,
    "PENDING": Answer.PENDING,
    "PROCESSING": Answer.PENDING,
    "SUCCESS": Answer.PENDING,
    "DENIED": Answer.FAILED,
    "CANCELED": Answer.FAILED,
}
BATCH_WHY = {
    Answer.PENDING: "PayPal has it and is working on it.",
    Answer.FAILED: "PayPal didn't take the payment from us; your account is not the reason.",
}
# Reasons of a failed item that say more than that it failed.
REASONS = {
    "RECEIVER_ACCOUNT_LOCKED": "The receiver's PayPal account is locked.",
    "RECEIVER_COUNTRY_NOT_ALLOWED": "PayPal doesn't pay out to the receiver's country.",
    "RECEIVER_UNCONFIRMED": "The receiver's address isn't confirmed at PayPal.",
    "RECEIVER_UNREGISTERED": "The receiver has no PayPal account.",
    "INSUFFICIENT_FUNDS": BATCH_WHY[Answer.FAILED],
    "SENDER_ACCOUNT_LOCKED": BATCH_WHY[Answer.FAILED],
}
ANOTHER = "PayPal's answer is about another payment."
ANOTHER_AMOUNT = "PayPal names another amount than ours."
UNREADABLE = PayoutAnswer(Answer.UNKNOWN, why="PayPal's answer couldn't be read.")
WORD = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
AMOUNT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?", re.ASCII)


def dollars(cents: int) -> str:
    """Return cents as PayPal writes dollars: 10050 is "100.50"."""
    return f"{cents // 100}.{cents % 100:02}"


def cents_of(money: Value) -> int | None:
    """Return the cents of PayPal's {"currency": "USD", "value": "100.50"}: 10050; None if it is anything else."""
    value, currency = _at(money, "value"), _at(money, "currency") or _at(money, "currency_code")
    match = AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None or currency != "USD":
        return None
    whole, cents = match.groups()
    return int(whole) * 100 + int((cents or "0").ljust(2, "0"))


def answer_to_item(item: Json, payout: Payout) -> PayoutAnswer:
    """Return the PayoutAnswer to an item as PayPal describes it."""
    if _at(item, "transaction_status") is None:
        return UNREADABLE
    status = word_of(_at(item, "transaction_status"))
    if _at(item, "payout_item", "sender_item_id") != str(payout.id):
        return PayoutAnswer(Answer.UNCLEAR, status=status, why=ANOTHER)
    reference, number = id_of(_at(item, "payout_batch_id")), id_of(_at(item, "payout_item_id"))
    if cents_of(_at(item, "payout_item", "amount")) != payout.cents:
        return PayoutAnswer(Answer.UNCLEAR, status=status, why=ANOTHER_AMOUNT, reference=reference, item=number)
    answer, why = ITEM.get(status, (Answer.UNCLEAR, ""))
    if answer == Answer.FAILED:
        why = REASONS.get(str(_at(item, "errors", "name")), why)
    is_paid = answer == Answer.PAID
    return PayoutAnswer(
        answer,
        status=status,
        why=why,
        reference=reference,
        item=number,
        cents=payout.cents if is_paid else None,
        fee_cents=cents_of(_at(item, "payout_item_fee")) if is_paid else None,
    )


def answer_to_batch(batch: Json, payout: Payout) -> PayoutAnswer:
    """Return the PayoutAnswer to a batch: the status of our item in it, else of the batch."""
    if _at(batch, "batch_header", "batch_status") is None:
        return UNREADABLE
    status = word_of(_at(batch, "batch_header", "batch_status"))
    reference = id_of(_at(batch, "batch_header", "payout_batch_id"))
    sender = _at(batch, "batch_header", "sender_batch_header", "sender_batch_id")
    items = _at(batch, "items") or []
    if sender != str(payout.id) or not reference or not isinstance(items, list) or len(items) > 1:
        return PayoutAnswer(Answer.UNCLEAR, status=status, why=ANOTHER)
    answer = BATCH.get(status, Answer.UNCLEAR)
    if items:
        about = answer_to_item(items[0], payout)
        # An item that waits in a batch that was denied waits for ever.
        if not (about.answer == Answer.PENDING and answer == Answer.FAILED):
            return about
    return PayoutAnswer(answer, reference=reference, status=status, why=BATCH_WHY.get(answer, ""))


def word_of(value: Value) -> str:
    return value if isinstance(value, str) and WORD.fullmatch(value) else "UNREADABLE"


def id_of(value: Value) -> str:
    return value if isinstance(value, str) and ID.fullmatch(value) else ""


def _at(data: Value, *names: str) -> Value:
    """Return the value under nested names; None if one of them is missing."""
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data
