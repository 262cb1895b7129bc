"""Migrations of payouts: accounts that looked the same get told apart, and every trigger comes back."""

import pytest
from django.core.management import call_command
from django.db import connection

from payouts.models import PayoutAccount, PayoutService
from tests.factories import make_payout_account, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_accounts_that_looked_the_same_are_named_by_their_day():
    cleo = make_user("Cleo")
    receivers = ["sofia@example.com", "sandra@example.com", "simon@example.com", "nova@example.com"]
    for receiver in receivers:
        make_payout_account(cleo, receiver=receiver)
    again = make_payout_account(cleo, receiver="sofia@elsewhere.example")
    PayoutAccount.objects.filter(pk=again.pk).update(removed_at=again.created_at)
    make_payout_account(cleo, receiver="sofia@elsewhere.example", label="")
    day = f"added {again.created_at:%-d %b %Y}"

    call_command("migrate", "payouts", "0005", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payouts_payoutservice SET countries = '' WHERE slug = 'paypal'")
    call_command("migrate", verbosity=0)

    named = PayoutAccount.objects.order_by("id").values_list("label", "look")
    assert list(named) == [
        ("", "s•••@example.com"),
        (day, "s•••@example.com"),
        (f"{day} (2)", "s•••@example.com"),
        ("", "n•••@example.com"),
        ("", "s•••@elsewhere.example"),
        ("", "s•••@elsewhere.example"),
    ]
    assert len(PayoutService.objects.get(slug="paypal").countries) == 93


def test_countries_that_an_operator_has_named_stay():
    PayoutService.objects.filter(slug="paypal").update(countries="PT,ES")

    call_command("migrate", "payouts", "0005", verbosity=0)
    call_command("migrate", verbosity=0)

    assert [country.code for country in PayoutService.objects.get(slug="paypal").countries] == ["ES", "PT"]
