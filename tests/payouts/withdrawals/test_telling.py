"""A creator's news of a withdrawal: a notice in the transaction and a mail after it, one of each a status."""

import logging
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import override_settings

from payouts.gateways import Answer, PayoutAnswer
from payouts.models import PayoutTerms, Withdrawal
from payouts.withdrawals.transitions import mark_paid, record_answer, return_withdrawal
from payouts.withdrawals.withdrawals import WithdrawalRefused, cancel_withdrawal
from people.mail.mails import wrapped
from people.models import OutgoingMail
from tests.payouts.earning import mark_sent, withdraw

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
AT_A_SITE = override_settings(SITE_URL="https://ovation.example.com")


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """Run a function as its own transaction, with its on_commit callbacks."""

    def do(deed, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return deed(*args, **kwargs)

    return do


def text_of(letter):
    return " ".join(letter.body.split())


def wait_for_approval(people=1):
    now = PayoutTerms.objects.at(NOON)
    PayoutTerms.objects.create(
        minimum_cents=now.minimum_cents, weekly_cents=now.weekly_cents, approval_cents=0 if people == 1 else None,
        two_people_cents=0 if people == 2 else None, starts_at=NOON, reason_given="Looked at by hand.",
    )  # fmt: skip


@AT_A_SITE
def test_the_mail_of_a_paid_withdrawal_in_full(cleo, committed):
    withdrawal = withdraw(cleo, 250_00, receiver="cleo@example.com", now=NOON)
    committed(mark_paid, withdrawal, reference="PAYPAL-5", by="paypal", now=NOON)

    letter = mail.outbox.pop()
    assert (letter.subject, letter.to) == ("$250.00 was paid to PayPal", [cleo.email])
    assert letter.body == (
        "Hello Cleo,\n"
        "\n"
        "your withdrawal was paid:\n"
        "\n"
        "  $250.00 to PayPal · c•••@example.com · Portugal\n"
        "  50,000 diamonds at $0.005\n"
        "  18 November 2026, 12:00 UTC\n"
        f"  Reference {withdrawal.id}\n"
        "  PayPal's reference PAYPAL-5\n"
        "\n"
        "There is nothing more to do. Its steps and its receipt are here:\n"
        "\n"
        f"  https://ovation.example.com/payouts/{withdrawal.id}/\n"
        "\n"
        "Ovation\n"
    )


@AT_A_SITE
def test_each_status_has_a_mail_and_a_notice(cleo, committed):
    withdrawal = committed(withdraw, cleo, 250_00, now=NOON)
    committed(mark_sent, withdrawal, reference="P-1", by="paypal")
    committed(mark_paid, withdrawal, reference="P-1", by="paypal")
    committed(return_withdrawal, withdrawal, status="returned", by="paypal", why="No such account.")

    assert [letter.subject for letter in mail.outbox] == [
        "Withdrawal of $250.00 requested",
        "$250.00 is on its way to PayPal",
        "$250.00 was paid to PayPal",
        "$250.00 came back",
    ]
    assert [notice.text for notice in cleo.notices.order_by("id")] == [
        "You asked for $250.00 to PayPal. It should arrive by 21 November 2026.",
        "$250.00 is on its way to PayPal. It should arrive by 21 November 2026.",
        "$250.00 was paid to PayPal.",
        "$250.00 to PayPal came back: No such account. Your diamonds are back.",
    ]
    assert {notice.url for notice in cleo.notices.all()} == {f"/payouts/{withdrawal.id}/"}
    assert "It is sent within a few minutes and should arrive by Saturday 21 November 2026." in text_of(mail.outbox[0])
    assert "50,000 diamonds are back, and so is its part of the limit of the week of 16 November 2026." in (
        text_of(mail.outbox[3])
    )


@AT_A_SITE
def test_mails_are_plain_text_of_72_columns_without_the_receiver(cleo, committed):
    withdrawal = committed(withdraw, cleo, 250_00, receiver="secret-of-cleo@example.org", now=NOON)
    committed(mark_paid, withdrawal, reference="P-1", by="paypal")
    committed(return_withdrawal, withdrawal, status="returned", by="paypal", why="The account can't take it " * 5)

    for letter in mail.outbox:
        assert all(len(line) <= 72 for line in letter.body.splitlines() if not line.startswith(" "))
        assert "secret-of-cleo" not in letter.body and "s•••@example.org" in letter.body
        assert not {"{", "<", "&#"} & set(letter.body) and letter.alternatives == []
        assert f"https://ovation.example.com/payouts/{withdrawal.id}/" in letter.body.split()
        assert "\n\n\n" not in letter.body
    assert "secret-of-cleo" not in " ".join(cleo.notices.values_list("text", flat=True))


def test_a_site_that_does_not_know_its_address_names_the_page(cleo, committed, settings):
    settings.SITE_URL = ""
    committed(mark_paid, withdraw(cleo), reference="P-1", by="paypal")

    assert "http" not in mail.outbox[-1].body
    assert "Its steps and its receipt are here: Balance > Live Gifts." in text_of(mail.outbox[-1])


@pytest.mark.parametrize("people", [1, 2])
def test_a_withdrawal_that_waits_for_approval_says_so(cleo, committed, people):
    wait_for_approval(people)
    committed(withdraw, cleo, 250_00, now=NOON)

    letter = mail.outbox[-1]
    assert letter.subject == "Withdrawal of $250.00 waits for approval"
    assert ("Somebody at Ovation looks at it" if people == 1 else "2 people at Ovation look at it") in letter.body
    assert cleo.notices.get().text == (
        "You asked for $250.00 to PayPal. Somebody at Ovation looks at it before it is sent. You can cancel until then."
    )


def test_who_cancels_it_themselves_hears_nothing_more(cleo, committed):
    withdrawal = withdraw(cleo)
    committed(cancel_withdrawal, withdrawal, by=cleo.email)

    assert mail.outbox == []
    assert cleo.notices.count() == 1  # that it was requested


def test_a_withdrawal_that_an_operator_cancels_says_why(cleo, committed):
    withdrawal = withdraw(cleo)
    committed(cancel_withdrawal, withdrawal, by="otto@example.com", why="The account is somebody else's")

    assert mail.outbox[-1].subject == "Withdrawal of $100.00 cancelled"
    assert "The reason: The account is somebody else's." in mail.outbox[-1].body
    assert "otto" not in mail.outbox[-1].body
    assert cleo.notices.latest("id").text == (
        "Ovation cancelled $100.00 to PayPal: The account is somebody else's. Your diamonds are back."
    )


def test_what_is_reported_twice_is_told_once(cleo, committed):
    withdrawal = withdraw(cleo)
    for answer in [Answer.PENDING, Answer.PENDING, Answer.PAID, Answer.PAID, Answer.PENDING, Answer.UNKNOWN] * 2:
        committed(record_answer, withdrawal, PayoutAnswer(answer, reference="P-1"), by="paypal")

    assert [letter.subject for letter in mail.outbox] == [
        "$100.00 is on its way to PayPal",
        "$100.00 was paid to PayPal",
    ]
    assert cleo.notices.count() == 3


def test_what_is_refused_is_not_told(cleo, committed):
    withdrawal = withdraw(cleo)
    Withdrawal.objects.update(taken_at=NOON)
    with pytest.raises(WithdrawalRefused):
        committed(cancel_withdrawal, withdrawal, by="otto@example.com")

    assert mail.outbox == []
    assert cleo.notices.count() == 1


def test_a_mail_server_that_is_away_is_logged_without_addresses_and_undoes_nothing(cleo, committed, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 1
    withdrawal = withdraw(cleo)
    with caplog.at_level(logging.WARNING):
        committed(mark_paid, withdrawal, reference="P-1", by="paypal")

    withdrawal.refresh_from_db()
    assert withdrawal.status == "paid"
    assert cleo.notices.latest("id").text == "$100.00 was paid to PayPal."
    next_try = OutgoingMail.objects.latest("created_at").try_at.isoformat(timespec="seconds")
    assert caplog.messages == [
        f"withdrawal {withdrawal.id}: the mail “$100.00 was paid to PayPal” could not be sent "
        f"(ConnectionRefusedError); attempt 2 follows at {next_try}"
    ]
    assert "example.com" not in caplog.text


def test_a_long_reason_fits_into_the_notice(cleo):
    return_withdrawal(withdraw(cleo), status="failed", by="paypal", why="x" * 200)

    text = cleo.notices.latest("id").text
    assert len(text) < 400 and text.endswith("Your diamonds are back.")


def test_wrapping_leaves_addresses_whole():
    address = f"  https://ovation.example.com/{'a' * 80}/"

    assert wrapped(f"One two.\n\n\n\n{address}\n{'word ' * 20}") == (
        f"One two.\n\n{address}\n{' '.join(['word'] * 14)}\n{' '.join(['word'] * 6)}\n"
    )
