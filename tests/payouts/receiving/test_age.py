"""The first payout account asks for the age of the terms, as the first recharge does."""

import pytest

from payouts.models import PayoutAccount, PayoutService
from payouts.receiving.accounts import add_payout_account
from tests.factories import make_user
from tests.payouts.receiving.adding import PAGE, add, sign_in
from wallet.ages import AgeRefused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def money_moves(settings):
    settings.MONEY_MOVES = True


@pytest.fixture
def nova(client):
    nova = make_user("Nova", declared=False)
    sign_in(client, nova)
    return nova


def test_first_account_is_added_with_the_tick_and_asks_no_more(client, nova):
    before = client.get(PAGE).text

    answer = add(client, of_age="18")
    after = client.get(PAGE).text

    assert 'name="of_age" value="18"' in before
    assert answer.status_code == 303
    assert nova.payout_accounts.count() == nova.age_declarations.count() == 1
    assert "of_age" not in after


def test_account_without_the_tick_is_refused_in_words_and_keeps_what_was_typed(client, nova):
    answer = add(client, label="Band")

    assert answer.status_code == 422
    assert "Tick the box if you are 18 or older." in answer.text
    assert 'value="cleo@example.com"' in answer.text
    assert 'value="Band"' in answer.text
    assert not PayoutAccount.objects.exists()


def test_page_of_a_sandbox_asks_and_a_request_with_the_fields_alone_passes(client, nova, settings):
    settings.MONEY_MOVES = False

    refused = add(client, age_asked="")
    added = add(client)

    assert refused.status_code == 422
    assert "Tick the box if you are 18 or older." in refused.text
    assert added.status_code == 303
    assert nova.payout_accounts.count() == 1


def test_verb_refuses_an_account_of_a_person_who_hasnt_declared(nova):
    service = PayoutService.objects.get(slug="paypal")

    with pytest.raises(AgeRefused, match="for people of 18 or older"):
        add_payout_account(owner=nova, service=service, country="PT", receiver="nova@example.com")

    assert not PayoutAccount.objects.exists()
