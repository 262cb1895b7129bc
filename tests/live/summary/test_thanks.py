"""Thanks: the creator of an ended live thanks each giver once."""

import pytest

from live.faces import key_of
from live.models import Thanks
from live.sessions.sessions import end_session
from live.totals.gifters import Gifters
from live.totals.thanks import thank
from people.refusals import Refusal
from tests.factories import make_creator, make_session, make_user, tap
from tests.races.threads import at_once, rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(vera, imani):
    session = make_session()
    tap(vera, session, gift_slug="panda", quantity=2)
    tap(imani, session, gift_slug="encore")
    end_session(session, by="creator")
    session.refresh_from_db()
    return session


def key(person, session, *, as_somebody=False):
    return key_of(person.pk, session.pk, as_somebody)


def test_thanks_reach_each_gifter_once(ended, vera, imani):
    thanked = thank(ended, [key(vera, ended)], "Thank you.")

    assert thanked == 1

    thanked = thank(ended, [key(vera, ended), key(imani, ended)], "Thank you all.")

    assert thanked == 1

    thanked = thank(ended, None, "Thank you again.")

    assert thanked == 0

    assert dict(Thanks.objects.values_list("gifter__name", "words")) == {
        "Vera": "Thank you.",
        "Imani": "Thank you all.",
    }
    notice = vera.notices.get()
    assert notice.text == "Cleo thanks you for your gifts in “Friday strings”: Thank you."
    assert notice.url == f"/live/{ended.id}/thanks/"


def test_thanks_go_to_nobody_who_did_not_give(ended):
    mallory = make_user("Mallory")

    thanked = thank(ended, [key(mallory, ended), "vera"], "Thank you.")

    assert thanked == 0

    assert not mallory.notices.exists()


def test_thanks_wait_for_the_end_of_the_live(client, vera):
    session = make_session()
    tap(vera, session)

    with pytest.raises(Refusal, match="End the live first"):
        thank(session, None, "Thank you.")
    client.force_login(session.creator.user)
    answer = client.post(f"/live/{session.id}/thanks/", {"words": "Thank you.", "gifter": key(vera, session)})

    assert (answer.status_code, "End the live first" in answer.text) == (409, True)
    assert not Thanks.objects.exists()


def test_gifters_are_the_most_first(ended, vera, imani):
    other = make_session(make_creator("Ida"))
    tap(vera, other, gift_slug="spotlight")

    found = [(gifter.face.name, gifter.coins, gifter.gifts, gifter.lives) for gifter in Gifters(ended)[:5]]

    assert found == [("Imani", 100, 1, 1), ("Vera", 10, 2, 1)]


def test_person_who_gave_by_name_and_as_somebody_is_two_gifters_whom_nothing_connects(client, vera, imani):
    earlier, session = (make_session(creator) for creator in (make_creator("Ida"), make_creator("Cleo")))
    tap(vera, earlier)
    tap(vera, session, gift_slug="spark", quantity=2)
    vera.is_somebody = imani.is_somebody = True
    tap(vera, session, gift_slug="encore")
    tap(imani, session, gift_slug="panda")
    end_session(session, by="creator")
    session.refresh_from_db()

    gave = [(gifter.face.name, gifter.coins, gifter.lives) for gifter in Gifters(session)[:5]]
    assert gave == [("Somebody", 100, None), ("Somebody", 5, None), ("Vera", 2, 1)]
    assert Gifters(session).count() == session.settlement.gifters == 3

    # Thanking one face leaves the other unthanked, and the creator's page names and numbers no person.
    client.force_login(session.creator.user)
    path = f"/live/{session.id}/thanks/"
    client.post(path, {"words": "To whoever you are.", "gifter": key(vera, session, as_somebody=True)})
    shown = client.get(path).text
    assert shown.count("Thanked</span>") == 1
    assert "Thank the other 2" in shown
    assert "Imani" not in shown
    assert f'value="{vera.pk}"' not in shown
    client.post(path, {"words": "Dear Vera.", "gifter": key(vera, session)})

    assert list(vera.notices.order_by("id").values_list("text", flat=True)) == [
        "Cleo thanks you for what you gave as Somebody in “Friday strings”: To whoever you are.",
        "Cleo thanks you for your gifts in “Friday strings”: Dear Vera.",
    ]
    client.force_login(vera)
    shown = client.get(path).text
    assert "To whoever you are." in shown
    assert "Dear Vera." in shown
    assert "<dd>3 gifts</dd>" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_thanking_many_takes_as_many_queries_as_thanking_one(count, django_assert_num_queries):
    session = make_session()
    viewers = [make_user(f"Viewer{number}", coins=100) for number in range(count)]
    for viewer in viewers:
        tap(viewer, session)
    end_session(session, by="creator")
    session.refresh_from_db()

    # savepoint, lock, who gave, who is thanked, thanks, creator, notices, release
    with django_assert_num_queries(8) as queries:
        thanked = thank(session, None, "Thank you.")

    assert thanked == count
    # A live may have had a million.
    assert not any("live_gifttap" in query["sql"] for query in queries)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@rounds
def test_16_thanks_at_once_are_one(round_, ended, vera, imani):
    results = at_once(lambda _: thank(ended, None, "Thank you."), range(16))

    assert sorted(results) == [0] * 15 + [2]
    assert vera.notices.count() == imani.notices.count() == 1
