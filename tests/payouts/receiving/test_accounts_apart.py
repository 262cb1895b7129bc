"""Payout accounts that a person can tell apart, and PayPal only where it pays out to."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from payouts.models import PayoutService
from payouts.receiving import accounts
from payouts.receiving.accounts import AccountRefused, add_payout_account, remove_payout_account
from payouts.withdrawals.sending import send_withdrawals
from tests.factories import make_payout_account, make_user
from tests.operator import latest_history, make_operator
from tests.payouts.earning import make_earner, withdraw
from tests.payouts.receiving.adding import PAGE, add, sign_in
from tests.payouts.signing_in import sign_in_recently

pytestmark = pytest.mark.django_db


@pytest.fixture
def cleo(client):
    cleo = make_user("Cleo")
    sign_in(client, cleo)
    return cleo


def words_of(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def test_an_account_that_would_look_like_another_needs_a_name_of_its_own(client, cleo):
    answer = add(client, receiver="sofia@example.com")

    assert answer.status_code == 303

    refused = add(client, receiver="sandra@example.com")
    assert refused.status_code == 409
    assert "You have another account that is shown as PayPal · s•••@example.com · Portugal." in words_of(refused)
    assert 'value="sandra@example.com"' in words_of(refused)
    assert cleo.payout_accounts.count() == 1

    statuses = [
        add(client, receiver="sandra@example.com", label="  Band ").status_code,
        add(client, receiver="simon@example.com", label="BAND").status_code,
        add(client, receiver="simon@example.com", label="Solo").status_code,
    ]

    assert statuses == [303, 409, 303]
    assert [account.place for account in cleo.payout_accounts.all()] == [
        "Solo · s•••@example.com",
        "Band · s•••@example.com",
        "s•••@example.com",
    ]


def test_another_country_or_service_or_person_tells_accounts_apart_already(client, cleo):
    add(client, receiver="sofia@example.com")
    make_payout_account(make_user("Nova"), receiver="sandra@example.com")

    answer = add(client, receiver="sandra@example.com", country="ES")

    assert answer.status_code == 303


def test_a_removed_account_is_still_told_apart_because_its_withdrawals_are_shown(client, cleo):
    add(client, receiver="sofia@example.com")
    client.post(f"{PAGE}{cleo.payout_accounts.get().pk}/remove/")

    statuses = [
        add(client, receiver="sandra@example.com").status_code,
        add(client, receiver="sofia@example.com").status_code,
    ]

    assert statuses == [409, 303]


@pytest.mark.parametrize(("first", "second"), [("sofia@example.com", "sandra@example.com")])
def test_two_accounts_in_use_that_look_the_same_are_refused_by_the_database(cleo, first, second):
    make_payout_account(cleo, receiver=first)

    with pytest.raises(IntegrityError, match=r"told_apart|UNIQUE"), transaction.atomic():
        make_payout_account(cleo, receiver=second, label="")


def test_the_loser_of_two_adds_at_the_same_moment_is_told_why(cleo, monkeypatch):
    """Simulate a race: the other request commits its row between the query and the insert."""
    paypal = PayoutService.objects.get(slug="paypal")
    monkeypatch.setattr(
        accounts, "_refuse_look_alike", lambda account: make_payout_account(cleo, receiver="sofia@b.pt")
    )

    with pytest.raises(AccountRefused, match="You have another account that is shown as"):
        add_payout_account(owner=cleo, service=paypal, country="PT", receiver="sandra@b.pt")
    assert cleo.payout_accounts.get().receiver == "sofia@b.pt"


@pytest.mark.once
@pytest.mark.parametrize("label", ["x" * 31, "Ba\u202end", "\x00"])
def test_a_name_that_can_not_be_one_is_refused(client, cleo, label):
    answer = add(client, label=label)

    assert answer.status_code == 422
    assert not cleo.payout_accounts.exists()


def test_the_name_is_shown_wherever_money_goes_there(client, django_capture_on_commit_callbacks):
    cleo = make_earner(120_000)
    sign_in(client, cleo)
    make_payout_account(cleo, receiver="sofia@example.com")
    band = make_payout_account(cleo, receiver="sandra@example.com", label="Band")
    place = "Band · s•••@example.com"

    form = words_of(client.get("/payouts/withdraw/"))
    review = words_of(client.post("/payouts/withdraw/", {"amount": "100", "account": band.pk}))
    with django_capture_on_commit_callbacks(execute=True):
        withdrawal = withdraw(cleo, account=band)
        remove_payout_account(band)
    send_withdrawals()
    send_withdrawals(now=withdrawal.requested_at + timedelta(minutes=1))

    assert form.count("s•••@example.com") == 2 and form.count(place) == 1
    for page in (
        review,
        words_of(client.get(f"/payouts/{withdrawal.pk}/")),
        words_of(client.get(f"/payouts/{withdrawal.pk}/receipt/")),
        words_of(client.get("/payouts/withdraw/")),
        cleo.notices.get(text__contains="was removed").text,
        next(letter.body for letter in mail.outbox if "removed" in letter.subject),
        next(letter.body for letter in mail.outbox if "requested" in letter.subject),
    ):
        assert place in page or place.replace(" · ", ", ") in page
    client.force_login(make_operator())
    for page in ("payoutaccount", "withdrawal"):
        shown = client.get(f"/admin/payouts/{page}/")

        assert "Band" in words_of(shown)


# --- Where PayPal pays out to ---------------------------------------------------------------------


@pytest.mark.parametrize("country", ["EG", "UA", "NG", "PK", "TH", "KR", "RU", "AQ"])
def test_paypal_is_not_offered_where_it_pays_nobody(client, cleo, country):
    refused = add(client, country=country)

    assert refused.status_code == 422
    assert "PayPal isn't available for payouts to" in words_of(refused)


@pytest.mark.parametrize("country", ["PT", "US", "GB", "IN", "MX", "KE", "VN"])
def test_paypal_is_offered_where_it_pays_out_to(client, cleo, country):
    answer = add(client, country=country)

    assert answer.status_code == 303


def test_the_countries_are_data_that_an_operator_changes(client, cleo):
    paypal = PayoutService.objects.get(slug="paypal")
    assert len(paypal.countries) == 93
    client.force_login(make_operator())
    form = {"name": "PayPal", "countries": ["EG"], "receiver_kind": "email", "is_approved": "on", "reason": "New"}
    answer = client.post(f"/admin/payouts/payoutservice/{paypal.pk}/change/", form)

    assert answer.status_code == 302

    _, said = latest_history()
    assert said.startswith("Countries: AD, AE, ") and ", ZA → EG;" in said
    sign_in_recently(client, cleo)

    statuses = [
        add(client, country="EG").status_code,
        add(client, receiver="nova@example.com", country="PT").status_code,
    ]

    assert statuses == [303, 422]


def test_the_page_says_which_countries(client, cleo):
    page = words_of(client.get(PAGE))

    assert "in 93 countries" in page and "Portugal" in page.partition("Who can pay you")[2]
