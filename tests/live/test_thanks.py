"""Thanks: from the creator of an ended live to people who gave in it, once each."""

import pytest

from live.models import Thanks
from live.sessions import end_session
from live.thanks import thank, top_gifters
from people.refusals import Refusal
from tests.factories import make_creator, make_session, make_user, tap
from tests.races.threads import at_once, rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera():
    return make_user("Vera", coins=1_000)


@pytest.fixture
def imani():
    return make_user("Imani", coins=1_000)


@pytest.fixture
def ended(vera, imani):
    session = make_session()
    tap(vera, session, gift="panda", quantity=2)
    tap(imani, session, gift="encore")
    end_session(session, by="creator")
    session.refresh_from_db()
    return session


def test_thanks_reach_each_gifter_once(ended, vera, imani):
    assert thank(ended, [vera], "Thank you.") == 1
    assert thank(ended, [vera, imani], "Thank you all.") == 1
    assert thank(ended, [vera, imani], "Thank you again.") == 0

    assert dict(Thanks.objects.values_list("gifter__name", "words")) == {
        "Vera": "Thank you.",
        "Imani": "Thank you all.",
    }
    notice = vera.notices.get()
    assert notice.text == "Cleo thanks you for your gifts in “Friday strings”: Thank you."
    assert notice.url == f"/live/{ended.id}/thanks/"


def test_thanks_go_to_nobody_who_did_not_give(ended):
    mallory = make_user("Mallory")

    assert thank(ended, [mallory], "Thank you.") == 0

    assert not mallory.notices.exists()


def test_thanks_wait_for_the_end_of_the_live(vera):
    session = make_session()
    tap(vera, session)

    with pytest.raises(Refusal, match="End the live first"):
        thank(session, [vera], "Thank you.")

    assert not Thanks.objects.exists()


def test_top_gifters_are_the_most_first(ended, vera, imani):
    other = make_session(make_creator("Ida"))
    tap(vera, other, gift="spotlight")

    found = [(gifter.name, gifter.coins, gifter.gifts) for gifter in top_gifters(ended)]

    assert found == [("Imani", 100, 1), ("Vera", 10, 2)]


@pytest.mark.parametrize("count", [1, 3])
def test_thanking_many_takes_as_many_statements_as_thanking_one(count, django_assert_num_queries):
    session = make_session()
    viewers = [make_user(f"Viewer{number}", coins=100) for number in range(count)]
    for viewer in viewers:
        tap(viewer, session)
    end_session(session, by="creator")
    session.refresh_from_db()

    # savepoint, lock, who is thanked, who gave, thanks, creator, notices, release
    with django_assert_num_queries(8):
        assert thank(session, viewers, "Thank you.") == count


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@rounds
def test_16_thanks_at_once_are_one(round_, ended, vera, imani):
    results = at_once(lambda _: thank(ended, [vera, imani], "Thank you."), range(16))

    assert sorted(results) == [0] * 15 + [2]
    assert vera.notices.count() == imani.notices.count() == 1
