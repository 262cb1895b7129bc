"""A provider of one's own proves the age: its sentence, its reference, and its refusal."""

import pytest

from tests.factories import make_user
from tests.wallet.ages.proving import set_age
from tests.wallet.paging import START, choice, words
from wallet.ages import AgeRefused, declare_age
from wallet.models import AgeDeclaration

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registry(settings):
    settings.AGE_PROVIDER = "tests.wallet.ages.proving.Registry"


def test_reference_of_the_proof_is_kept_under_the_providers_name(client):
    vera = make_user("Vera", declared=False)
    client.force_login(vera)

    page = words(client.get(START))
    client.post(START, choice(of_age="18"))

    assert "I am 18 or older, and the registry may confirm it." in page
    declared = vera.age_declarations.get()
    assert (declared.provider, declared.reference) == ("registry", "proof-of-18")


def test_refusal_of_the_provider_is_shown_and_nothing_is_bought(client):
    mallory = make_user("Mallory", declared=False)
    client.force_login(mallory)

    answer = client.post(START, choice(of_age="18"))

    assert answer.status_code == 409
    assert "The registry doesn&#x27;t know that you are 18. Nothing was changed." in words(answer)
    assert 'name="of_age" value="18" required id="id_of_age" checked' in words(answer)
    assert not mallory.recharges.exists()
    assert not AgeDeclaration.objects.exists()


def test_age_below_the_terms_is_never_declared():
    vera = make_user("Vera", declared=False)
    set_age(21)

    with pytest.raises(AgeRefused, match="The age is 21 now"):
        declare_age(vera, 18)

    assert not vera.age_declarations.exists()
