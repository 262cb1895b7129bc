"""Otto changes one limit: the form begins with today's numbers, and the answer names only the one that differs."""

import pytest

from tests.payouts.admin.test_rates_and_terms import TERMS, terms_form

pytestmark = pytest.mark.django_db


@pytest.mark.once
def test_new_terms_begin_with_the_numbers_that_count_now(client, otto):
    client.post(TERMS, terms_form(weekly_cents="90000", quote_seconds="45", approval_cents="50000"))

    initial = client.get(TERMS).context["adminform"].form.initial

    names = ("minimum_cents", "weekly_cents", "quote_seconds", "approval_cents", "two_people_cents")
    assert [initial[name] for name in names] == [100_00, 900_00, 45, 500_00, None]
    assert "reason_given" not in initial


@pytest.mark.once
def test_confirmation_names_only_the_numbers_that_differ(client, otto):
    answer = client.post(TERMS, terms_form(weekly_cents="90000"), follow=True)

    (said,) = (str(message) for message in answer.context["messages"])
    assert said.split(", from ")[0] == "All of one week will be at most $900.00 instead of $1,000.00"
