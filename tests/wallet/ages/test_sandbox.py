"""A site where no money moves: its pages ask for the age, and a request with the fields alone passes."""

from uuid import uuid4

import pytest

from tests.factories import make_user, package_of
from tests.wallet.paging import START, choice, words
from wallet.recharges import start_recharge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def money_moves(settings):
    settings.MONEY_MOVES = False


@pytest.fixture
def newcomer(client):
    newcomer = make_user("Imani", declared=False)
    client.force_login(newcomer)
    return newcomer


def test_page_asks_and_its_button_is_refused_without_the_tick(client, newcomer):
    page = words(client.get(START))

    answer = client.post(START, choice(age_asked=""))

    assert '<input type="checkbox" name="of_age" value="18" required id="id_of_age">' in page
    assert 'data-pays name="age_asked"' in page
    assert answer.status_code == 422
    assert "Tick the box if you are 18 or older." in words(answer)
    assert not newcomer.recharges.exists()


def test_fields_of_the_recharge_alone_pass_and_declare_nothing(client, newcomer):
    answer = client.post(START, choice())

    assert answer.status_code == 303
    assert newcomer.recharges.count() == 1
    assert not newcomer.age_declarations.exists()


def test_tick_is_kept_here_too(client, newcomer):
    client.post(START, choice(of_age="18", age_asked=""))

    assert newcomer.age_declarations.get().age == 18


def test_verb_refuses_nobody(newcomer):
    recharge = start_recharge(user=newcomer, package=package_of(500), method="card", recharge_id=uuid4())

    assert recharge.user == newcomer
