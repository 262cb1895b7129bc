"""An operator's actions on a withdrawal that waits, with the words that say beforehand what will happen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from payouts.models import Withdrawal
from payouts.money import usd, whole
from payouts.withdrawals import approvals
from people.models import User
from people.text.counting import TypedField
from people.why_form import WhyForm

Attention = Withdrawal.Attention

FOR_THE_CREATOR = "The creator reads it, and it is kept in the history beside your name."


class WhyToCreatorForm(WhyForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = FOR_THE_CREATOR


class ReferenceForm(WhyForm):
    """The reference that the provider shows for the payment, and the reason."""

    reference = TypedField(
        label="The provider's reference",
        max_length=approvals.LONGEST_REFERENCE,
        help_text="As the provider shows it for this payment. One payment belongs to one withdrawal.",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ["reference", "reason"]


@dataclass(frozen=True)
class Action:
    """An action: its words on a button, its verb, its refusal, and what it means."""

    slug: str
    label: str
    do: Callable[..., Withdrawal]
    why_not: Callable[[Withdrawal, User, datetime], str]
    means: Callable[[Withdrawal, User], list[str]]
    done: Callable[[Withdrawal], str]
    form: type[WhyForm] = WhyForm
    is_hard: bool = False


# --- What will happen, in sentences ---------------------------------------------------------------


def _what(withdrawal: Withdrawal) -> str:
    return f"{usd(withdrawal.cents)} ({whole(withdrawal.diamonds)} diamonds) of {withdrawal.creator.name}"


def _back(withdrawal: Withdrawal) -> str:
    return (
        f"{withdrawal.creator.name} gets {whole(withdrawal.diamonds)} diamonds back, and {usd(withdrawal.cents)} of "
        f"the allowance for the week of {withdrawal.week:%-d %B %Y}."
    )


def _if_two_must_say_so(withdrawal: Withdrawal, by: User, status: str) -> list[str]:
    """Return the sentence about a second operator; none if one is enough."""
    if approvals.people_to_conclude(withdrawal) < 2:
        return []
    others = [one for one in approvals.operators_reports(withdrawal) if one.status == status]
    others = [one for one in others if one.provider != f"{approvals.BY_OPERATOR}{by.pk}"]
    if others:
        return ["Two operators must say so. Another one has; if you say the same, it is done at once."]
    return ["Two operators must say so. You are the first: nothing moves until another one says the same."]


def _approve_means(withdrawal: Withdrawal, by: User) -> list[str]:
    missing = withdrawal.approvals_needed - len(withdrawal.approvals.all()) - 1
    if missing > 0:
        return [
            f"{_what(withdrawal)} needs {withdrawal.approvals_needed} operators. After you it needs {missing} more; "
            "nothing is sent yet."
        ]
    return [
        f"{_what(withdrawal)} is sent to {withdrawal.account} by the worker, within a few seconds.",
        "It can't be stopped after that.",
    ]


def _refuse_means(withdrawal: Withdrawal, by: User) -> list[str]:
    return [f"{_what(withdrawal)} is cancelled. Nothing is sent.", _back(withdrawal)]


def _retry_means(withdrawal: Withdrawal, by: User) -> list[str]:
    if withdrawal.is_unnamed:
        return [
            f"The worker sends {_what(withdrawal)} to {withdrawal.account} again, with the same id.",
            "The provider pays one id once: if it has the first one, it answers what became of that.",
        ]
    return ["The worker asks the provider now what became of it.", "Asking pays nothing."]


def _paid_means(withdrawal: Withdrawal, by: User) -> list[str]:
    return [
        f"{_what(withdrawal)} counts as paid to {withdrawal.account}: the diamonds are gone, and the creator is told.",
        "Look the payment up at the provider first. If it comes back later, so do the diamonds.",
        *_if_two_must_say_so(withdrawal, by, approvals.SAYS_PAID),
    ]


def _give_back_means(withdrawal: Withdrawal, by: User) -> list[str]:
    return [
        f"{_what(withdrawal)} counts as failed, and is never sent again. {_back(withdrawal)}",
        "Look it up at the provider first: if it was paid after all, the creator has both.",
        *_if_two_must_say_so(withdrawal, by, approvals.SAYS_NOT_PAID),
    ]


def _acknowledge_means(withdrawal: Withdrawal, by: User) -> list[str]:
    return [
        f"{_what(withdrawal)} stays {withdrawal.get_status_display().lower()}. No diamonds and no money move.",
        "It leaves this list until the provider speaks of it again. The provider totals go on showing what differs.",
    ]


# --- What has happened ----------------------------------------------------------------------------


def _approved(withdrawal: Withdrawal) -> str:
    missing = withdrawal.approvals_needed - withdrawal.approvals.count()
    if missing > 0:
        return f"Approved. {usd(withdrawal.cents)} waits for {missing} more."
    return f"Approved. The worker sends {usd(withdrawal.cents)} to {withdrawal.account}."


def _concluded(withdrawal: Withdrawal) -> str:
    if withdrawal.is_open:
        return f"Kept. {usd(withdrawal.cents)} waits for another operator to say the same."
    if withdrawal.status == Withdrawal.Status.PAID:
        return f"{usd(withdrawal.cents)} counts as paid."
    return f"{usd(withdrawal.cents)} was given back: {whole(withdrawal.diamonds)} diamonds."


ACTIONS = [
    Action(
        slug="approve",
        label="Approve",
        do=approvals.approve_withdrawal,
        why_not=approvals.why_not_approve,
        means=_approve_means,
        done=_approved,
    ),
    Action(
        slug="refuse",
        label="Refuse",
        do=approvals.refuse_withdrawal,
        why_not=approvals.why_not_refuse,
        means=_refuse_means,
        done=lambda withdrawal: f"Refused. {whole(withdrawal.diamonds)} diamonds are back with the creator.",
        form=WhyToCreatorForm,
        is_hard=True,
    ),
    Action(
        slug="retry",
        label="Ask again",
        do=approvals.retry_withdrawal,
        why_not=approvals.why_not_retry,
        means=_retry_means,
        done=lambda withdrawal: "The worker asks the provider as soon as it may, within minutes.",
    ),
    Action(
        slug="mark-paid",
        label="Mark as paid",
        do=approvals.mark_as_paid,
        why_not=approvals.why_not_conclude,
        means=_paid_means,
        done=_concluded,
        form=ReferenceForm,
        is_hard=True,
    ),
    Action(
        slug="give-back",
        label="Give back",
        do=approvals.give_back,
        why_not=approvals.why_not_give_back,
        means=_give_back_means,
        done=_concluded,
        form=WhyToCreatorForm,
        is_hard=True,
    ),
    Action(
        slug="acknowledge",
        label="Acknowledge",
        do=approvals.acknowledge,
        why_not=approvals.why_not_acknowledge,
        means=_acknowledge_means,
        done=lambda withdrawal: "Acknowledged. Nothing was moved.",
    ),
]


def possible(withdrawal: Withdrawal, by: User, now: datetime) -> list[Action]:
    """Return the actions that wouldn't be refused."""
    return [action for action in ACTIONS if not action.why_not(withdrawal, by, now)]
