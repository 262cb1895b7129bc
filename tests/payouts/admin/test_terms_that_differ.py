"""Otto changes one limit: the form begins with today's numbers, and the answer names only the one that differs."""

import pytest

from tests.operator import save_shown
from tests.payouts.admin.test_rates_and_terms import TERMS, terms_form

pytestmark = pytest.mark.django_db


@pytest.mark.once
def test_new_terms_begin_with_the_numbers_that_count_now(client, otto):
    save_shown(client, TERMS, terms_form(weekly_cents="900.00", quote_seconds="45", approval_cents="500.00"))

    initial = client.get(TERMS).context["adminform"].form.initial

    names = ("minimum_cents", "weekly_cents", "quote_seconds", "approval_cents", "two_people_cents")
    assert [initial[name] for name in names] == [100_00, 900_00, 45, 500_00, None]
    assert "reason_given" not in initial


@pytest.mark.once
def test_confirmation_names_only_the_numbers_that_differ(client, otto):
    answer = save_shown(client, TERMS, terms_form(weekly_cents="900.00"), follow=True)

    (said,) = (str(message) for message in answer.context["messages"])
    assert said.split(", from ")[0] == "All of one week will be at most $900.00 instead of $1,000.00"
