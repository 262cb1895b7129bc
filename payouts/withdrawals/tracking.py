"""The tracker of a withdrawal, in words: its state, who acts next, what happens then and by when."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from django.utils import timezone

from payouts.models import PayoutService, Withdrawal
from payouts.money import whole
from payouts.withdrawals.sending import can_be_called_back
from people.brand import site_name

Status = Withdrawal.Status
Attention = Withdrawal.Attention

YOU, NOBODY = "You", "Nobody: it is over"
# The provider's own status of a payout that it reviews before it pays.
ON_HOLD = "ONHOLD"
# The provider returns an unclaimed payout after so long.
CLAIM_WITHIN = timedelta(days=30)


class Step(NamedTuple):
    """A line of the tracker: `look` is done, now, next, back or bad; `at` is None for a future step."""

    look: str
    name: str
    at: datetime | None = None
    why: str = ""


class Track(NamedTuple):
    """The tracker's words: the state of the withdrawal, who acts next, what comes then, and each step."""

    said: str
    turn: str
    then: str
    steps: list[Step]
    takes_back: str = ""

    @property
    def seen(self) -> str:
        """A digest of all words of the tracker, so it changes whenever they do."""
        return sha256(repr(self).encode()).hexdigest()[:16]


def track(withdrawal: Withdrawal) -> Track:
    """Return the Track of a withdrawal. Its account, steps and approvals should be prefetched."""
    said, turn, then = _where(withdrawal, timezone.now())
    return Track(said, turn, then, _steps_of(withdrawal), _takes_back(withdrawal))


def in_short(withdrawal: Withdrawal) -> str:
    """Return in a few words what an open withdrawal waits for; empty when it is closed."""
    if not withdrawal.is_open:
        return ""
    if withdrawal.waits_for_approval:
        return "waits for approval"
    if withdrawal.attention:
        return f"{site_name()} looks into it"
    if can_be_called_back(withdrawal):
        return "nobody has claimed it yet"
    day = f"{withdrawal.arrives_by:%-d %b}"
    late = _is_late(withdrawal, timezone.now())
    return f"late, it should have arrived by {day}" if late else f"arrives by {day}"


def provider_fee(withdrawal: Withdrawal) -> int | None:
    """Return the cents that the provider says it charged, None while it hasn't said. Reads the fetched reports."""
    fees = [report.fee_cents for report in withdrawal.reports.all() if report.fee_cents is not None]
    return fees[-1] if fees else None


# --- Where it is ----------------------------------------------------------------------------------

# Three sentences: the known facts, the next actor, and the next step with its date.
Place: TypeAlias = tuple[str, str, str]


def _where(withdrawal: Withdrawal, now: datetime) -> Place:
    if withdrawal.attention == Attention.CONTRADICTION:
        return _contradicted(withdrawal)
    if withdrawal.status == Status.REQUESTED:
        return _requested(withdrawal, now)
    if withdrawal.status == Status.SENT:
        return _sent(withdrawal, now)
    return _over(withdrawal)


def _requested(withdrawal: Withdrawal, now: datetime) -> Place:
    service, arrives = withdrawal.account.service, _arrives(withdrawal)
    if withdrawal.attention == Attention.APPROVAL:
        return _to_be_approved(withdrawal, now)
    if withdrawal.attention == Attention.UNANSWERED:
        return (
            f"{service} has not answered for so long that {site_name()} doesn’t send it again: it could be paid twice.",
            site_name(),
            f"A person looks it up at {service} by its reference. It is then paid, or your diamonds come back; "
            "until then they stay reserved. You hear of it either way.",
        )
    if withdrawal.attention:
        return _unknown_status(withdrawal)
    if withdrawal.first_sent_at is None and withdrawal.taken_at is None:
        return (
            f"{site_name()} has it, and sends it to {service} within a minute or so.",
            site_name(),
            f"Until then you can cancel. {arrives}",
        )
    trouble = "couldn’t be reached" if withdrawal.trouble else "hasn’t answered yet"
    return (
        f"{service} {trouble}. {site_name()} asks again by itself, under the same reference, "
        "so it can’t be paid twice.",
        site_name(),
        f"Nothing to do for you. Your diamonds stay reserved until there is an answer. {_late_or(withdrawal, now)}",
    )


def _to_be_approved(withdrawal: Withdrawal, now: datetime) -> Place:
    said = f"A person at {site_name()} looks at it before it is sent."
    if withdrawal.approvals_needed > 1:
        given = len(withdrawal.approvals.all())
        said = f"Two people at {site_name()} look at it before it is sent. "
        said += "One of them has said yes." if given else "None of them has said yes yet."
    late = f"{site_name()} has taken longer than it should; the days until it arrives count from their yes."
    return (
        said,
        site_name(),
        f"With their yes it is sent to {withdrawal.account.service}; with a no you read why here, and your diamonds "
        f"come back. You can cancel meanwhile. {late if _is_late(withdrawal, now) else _arrives(withdrawal)}",
    )


def _sent(withdrawal: Withdrawal, now: datetime) -> Place:
    service, receiver = withdrawal.account.service, withdrawal.account.masked_receiver
    if withdrawal.attention == Attention.UNANSWERED:
        return (
            f"{service} has had it for longer than it should, and says neither that it is paid nor that it is back.",
            site_name(),
            f"A person looks it up at {service} by its reference. It is then paid, or your diamonds come back; "
            "until then they stay reserved. You hear of it either way.",
        )
    if withdrawal.attention:
        return _unknown_status(withdrawal)
    if can_be_called_back(withdrawal):
        return (
            f"{service} has the money, and nobody has claimed it yet.",
            YOU,
            f"Claim it at {service} as {receiver}, or call it back. What isn’t claimed comes back by itself, "
            f"about {_day(withdrawal.first_sent_at or withdrawal.requested_at, CLAIM_WITHIN)}.",
        )
    if withdrawal.provider_status == ON_HOLD:
        return (
            f"{service} has it, and holds it for a check of its own.",
            str(service),
            f"{service} pays it when the check is done, or sends it back. It may ask you for something: look there. "
            f"{_late_or(withdrawal, now)}",
        )
    said = f"{service} has it."
    if withdrawal.trouble:
        said = f"{service} has it. It couldn’t be asked just now; {site_name()} asks again by itself."
    return said, str(service), _late_or(withdrawal, now)


def _over(withdrawal: Withdrawal) -> Place:
    service, diamonds = withdrawal.account.service, whole(withdrawal.diamonds)
    week = f"its part of the limit of the week of {withdrawal.week:%-d %B}"
    if withdrawal.status == Status.PAID:
        return (
            f"{service} has paid it out to {withdrawal.account.place}.",
            NOBODY,
            "Nothing more to do. Should it come back after all, you hear of it, and your diamonds come back too.",
        )
    back = f"Your {diamonds} diamonds are back, and so is {week}."
    if withdrawal.status == Status.CANCELLED:
        return f"It was cancelled before it was sent. {back}", NOBODY, "You can withdraw again."
    said = f"{service} didn’t pay it." if withdrawal.status == Status.FAILED else f"It came back from {service}."
    return f"{said} {back}", YOU, "The reason stands below. Check the account, then withdraw again."


def _unknown_status(withdrawal: Withdrawal) -> Place:
    service = withdrawal.account.service
    # An unnamed withdrawal can't be looked up.
    is_named = withdrawal.provider_reference or withdrawal.provider_item
    asking = f", and {site_name()} keeps asking {service}" if is_named else ""
    return (
        f"{service} says something of it that {site_name()} has no rule for.",
        site_name(),
        f"A person looks into it{asking}. It is then paid, or your diamonds come back; "
        "until then they stay reserved. Nothing to do for you.",
    )


def _contradicted(withdrawal: Withdrawal) -> Place:
    name = withdrawal.get_status_display().lower()
    return (
        f"Here it is {name}, but {withdrawal.account.service} says otherwise.",
        site_name(),
        "A person looks into it, and you hear what they found. Nothing is paid or taken back before that.",
    )


# --- Its steps ----------------------------------------------------------------------------------------


def _steps_of(withdrawal: Withdrawal) -> list[Step]:
    service, past = withdrawal.account.service, list(withdrawal.steps.all())
    looks: dict[str, str] = {Status.FAILED: "bad", Status.RETURNED: "back", Status.CANCELLED: "back"}
    steps = [Step(looks.get(step.status, "done"), _name(step.status, service), step.at, step.why) for step in past]
    if not withdrawal.is_open:
        return steps
    if steps:
        steps[-1] = steps[-1]._replace(look="now")
    if withdrawal.waits_for_approval:
        steps.append(Step("next", "Approved", why=f"by a person at {site_name()}"))
    if withdrawal.status == Status.REQUESTED:
        steps.append(Step("next", _name(Status.SENT, service), why="within a minute or so"))
    when = "when you claim it" if can_be_called_back(withdrawal) else f"by {withdrawal.arrives_by:%a %-d %b %Y}"
    return [*steps, Step("next", "Paid", why=when)]


def _takes_back(withdrawal: Withdrawal) -> str:
    """Return the words of the button that cancels it or calls it back; empty when neither is possible any more."""
    if can_be_called_back(withdrawal):
        return "Call it back"
    return "Cancel this withdrawal" if withdrawal.can_be_cancelled else ""


# --- Words --------------------------------------------------------------------------------------------


def _name(status: str, service: PayoutService) -> str:
    return f"Sent to {service}" if status == Status.SENT else Status(status).label


def _arrives(withdrawal: Withdrawal) -> str:
    return f"It should arrive by {withdrawal.arrives_by:%A %-d %B %Y}."


def _is_late(withdrawal: Withdrawal, now: datetime) -> bool:
    return now.astimezone(UTC).date() > withdrawal.arrives_by


def _late_or(withdrawal: Withdrawal, now: datetime) -> str:
    if not _is_late(withdrawal, now):
        return _arrives(withdrawal)
    return (
        f"It should have arrived by {withdrawal.arrives_by:%A %-d %B %Y} and is later than it should be. "
        f"{site_name()} keeps asking {withdrawal.account.service}, and your diamonds stay reserved until there is "
        "an answer."
    )


def _day(moment: datetime, later: timedelta) -> str:
    return f"{moment.astimezone(UTC) + later:%A %-d %B %Y}"
