"""Statements as pages and as CSV, and the receipt of a withdrawal."""

import csv
import io

import pytest
from django.urls import reverse

from live.statements.closed import close_months
from payouts.withdrawals.transitions import mark_paid, return_withdrawal
from tests.factories import make_user
from tests.live.statements.stating import a_year_of_cleo
from tests.payouts.earning import earn, make_earner, mark_sent, withdraw

pytestmark = pytest.mark.django_db
# Malformed months, months that have not begun, and months before the first live.
NO_PERIODS = [
    *("0/", "1/", "1999/", "2027/", "9999/", "10000/", "-1/", "٢٠٢٦/", "２０２６/", "2026x/", f"{'9' * 5000}/"),
    *("2026/0/", "2026/13/", "2026/12/", "2026/-1/", "2026/٣/", "2026/99999999999999999999/", "9999/12/"),
    *("2026/2/3/", "2026/feb/"),
]


def read(client, person, path, status=200):
    client.force_login(person)
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


# --- Pages ----------------------------------------------------------------------------------------


def test_the_list_names_years_and_months_the_newest_first(client, clock):
    cleo = a_year_of_cleo(clock)
    clock(1, 20, year=2027)
    earn(cleo.creator, 100)

    page = read(client, cleo, "/payouts/statements/")

    links = ["/2027/", "/2027/1/", "/2026/", "/2026/8/", "/2026/6/", "/2026/5/", "/2026/3/", "/2026/2/"]
    places = [page.index(f'href="/payouts/statements{link}"') for link in links]
    assert places == sorted(places)
    assert "/2026/4/" not in page
    assert "January 2027, so far" in page


@pytest.mark.once
def test_who_never_earned_is_told_how_to_begin(client):
    page = read(client, make_user("Mallory"), "/payouts/statements/")

    assert "No statements yet" in page
    assert f'href="{reverse("studio")}"' in page


def test_the_page_of_a_month_shows_its_figures(client, clock):
    cleo = a_year_of_cleo(clock)

    page = read(client, cleo, "/payouts/statements/2026/3/")

    assert "Statement, March 2026" in page
    assert "1 March 2026 to 31 March 2026, from 00:00 to 24:00 UTC" in page
    assert all(amount in page for amount in ("$100.01", "$60.006", "$40.004", "10,001 diamonds at $0.004"))
    assert "+25,000" in page and "40,001" in page
    assert "It isn’t over" not in page


def test_the_page_of_a_year_shows_its_months(client, clock):
    page = read(client, a_year_of_cleo(clock), "/payouts/statements/2026/")

    assert "It isn’t over" in page
    assert "$380.004" in page and "<tfoot>" in page
    assert "$150.00 came back (30,000 diamonds)" in page
    assert page.count('<tr><th scope="row"><a href="/payouts/statements/2026/') == 5


def test_a_quiet_month_after_the_first_has_a_statement_and_one_before_has_none(client, clock):
    cleo = a_year_of_cleo(clock)

    assert "40,001" in read(client, cleo, "/payouts/statements/2026/4/")
    read(client, cleo, "/payouts/statements/2026/1/", status=404)
    read(client, cleo, "/payouts/statements/2025/", status=404)


@pytest.mark.once
def test_the_running_month_of_somebody_new_is_an_empty_page(client, clock):
    clock(4)
    stranger = make_user("Mallory")

    assert "Nothing here yet" in read(client, stranger, "/payouts/statements/2026/4/")


@pytest.mark.once
@pytest.mark.parametrize("path", NO_PERIODS)
def test_what_is_no_month_that_has_begun_is_not_there(client, clock, path):
    cleo = make_earner(100)
    clock(11)

    read(client, cleo, f"/payouts/statements/{path}", status=404)


def test_statements_are_ones_own(client, clock):
    clock(4)
    make_earner(60_000)
    mallory = make_earner(100, name="Mallory")

    page = read(client, mallory, "/payouts/statements/2026/4/")

    assert "60,000" not in page and "$300.00" not in page
    assert "100 coins" in page


@pytest.mark.parametrize("lives", [1, 3])
@pytest.mark.parametrize("closed", [False, True])
def test_seven_queries_however_many_lives(client, clock, django_assert_num_queries, lives, closed):
    clock(4)
    cleo = make_earner(1_000)
    for _ in range(lives - 1):
        earn(cleo.creator, 1_000)
    clock(6)
    if closed:
        close_months()
    client.force_login(cleo)

    # Log-in, user, closing, closed lines if there are any, lives, withdrawals, coins, notices.
    for path in ("/payouts/statements/", "/payouts/statements/2026/", "/payouts/statements/2026/4/"):
        with django_assert_num_queries(7 if closed else 6):
            client.get(path)


def rows_of(client, person, path):
    client.force_login(person)
    response = client.get(f"{path}?format=csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))), response["Content-Disposition"]


# --- CSV ------------------------------------------------------------------------------------------


def test_a_month_as_csv(client, clock):
    rows, name = rows_of(client, a_year_of_cleo(clock), "/payouts/statements/2026/3/")

    assert name == 'attachment; filename="ovation-statement-2026-03.csv"'
    assert {row["period"] for row in rows} == {"2026-03"}
    found = {row["line"]: {key: value for key, value in row.items() if value} for row in rows}
    assert found["opening"] == {"period": "2026-03", "line": "opening", "diamonds": "30000"}
    assert found["gifts"]["coins"] == "10001" and found["gifts"]["usd"] == "100.010000"
    assert (found["commission"]["usd"], found["earned"]["usd"]) == ("60.006000", "40.004000")
    assert found["earned-at"]["usd_per_diamond"] == "0.004000"
    assert (found["failed"]["count"], found["failed"]["diamonds"], found["failed"]["usd"]) == (
        "1",
        "25000",
        "100.000000",
    )
    assert found["closing"]["diamonds"] == "40001"


def test_a_years_csv_holds_its_months_and_adds_up(client, clock):
    rows, _ = rows_of(client, a_year_of_cleo(clock), "/payouts/statements/2026/")

    for line in ("gifts", "commission", "earned", "requested", "paid", "failed", "cancelled", "returned", "came-back"):
        each = [row for row in rows if row["line"] == line]
        micros = [int(row["usd"].replace(".", "")) for row in each]
        assert each[-1]["period"] == "2026"
        assert sum(micros[:-1]) == micros[-1], line


# --- Receipt --------------------------------------------------------------------------------------


def test_a_receipt_says_who_paid_what_to_whom_when_and_at_which_worth(client, clock):
    clock(11, 18)
    cleo = make_earner(60_000)
    withdrawal = withdraw(cleo, 250_00, receiver="secret-of-cleo@example.org")
    mark_sent(withdrawal, reference="PAYPAL-5", by="paypal")
    mark_paid(withdrawal, reference="PAYPAL-5", by="paypal")
    withdrawal.reports.create(provider="paypal", status="SUCCESS", cents=250_00, fee_cents=25)

    page = read(client, cleo, f"/payouts/{withdrawal.id}/receipt/")

    assert all(name in page for name in (str(withdrawal.id), "PAYPAL-5", "s•••@example.org"))
    assert all(amount in page for amount in ("Ovation paid", "$250.00", "50,000 diamonds", "$0.005", "$0.25"))
    assert "since 1 Jan 2025, 00:00 UTC" in page and "agreed on 18 Nov 2026, 12:00 UTC" in page
    assert "18 Nov 2026, 12:00:00 UTC" in page and "paid by Ovation, not by you" in page
    assert "secret-of-cleo" not in page
    assert f'href="/payouts/{withdrawal.id}/receipt/"' in read(client, cleo, f"/payouts/{withdrawal.id}/")


def test_a_receipt_of_what_came_back_says_that_nothing_was_paid(client):
    cleo = make_earner(60_000)
    withdrawal = withdraw(cleo)
    return_withdrawal(withdrawal, status="failed", by="paypal", why="Closed.")

    page = read(client, cleo, f"/payouts/{withdrawal.id}/receipt/")
    assert "Not paid" in page and "Ovation paid" not in page
    assert "The 20,000 diamonds are back" in page


def test_a_receipt_is_its_owners_alone(client):
    withdrawal = withdraw(make_earner(60_000))

    read(client, make_user("Mallory"), f"/payouts/{withdrawal.id}/receipt/", status=404)
    read(client, make_user("Otto", is_staff=True, is_superuser=True), f"/payouts/{withdrawal.id}/receipt/", status=404)


def test_six_queries_for_a_receipt(client, django_assert_num_queries):
    cleo = make_earner(60_000)
    withdrawal = withdraw(cleo)
    client.force_login(cleo)

    # Log-in, user, withdrawal, steps, fee, coins, notices.
    with django_assert_num_queries(6):
        client.get(f"/payouts/{withdrawal.id}/receipt/")
