"""Otto sets the terms of lives, ends lives with a reason, and deactivates creators."""

import pytest

from live.models import LiveSession, LiveTerms
from live.sessions.closing import close_session
from people.notices import Notice
from tests.factories import make_creator, make_session, make_user, tap
from tests.live.gifts.prices import panda
from tests.operator import errors_of, latest_history, make_limited_operator, save_shown

pytestmark = pytest.mark.django_db


def terms_form(**changes):
    return {
        "followers_needed": "1000",
        "largest_gift_coins": "10000",
        "abandoned_after_minutes": "15",
        "starts_at_0": "",
        "starts_at_1": "",
        "reason_given": "A better fit",
        **changes,
    }


def test_new_terms_count_at_once_with_who_and_why(client, otto):
    save_shown(client, "/admin/live/liveterms/add/", terms_form(followers_needed="900"))
    terms = LiveTerms.objects.at()
    assert (terms.followers_needed, terms.set_by, terms.reason_given) == (900, otto, "A better fit")


def test_terms_below_the_dearest_gift_are_refused(client, otto):
    response = client.post("/admin/live/liveterms/add/", terms_form(largest_gift_coins="9999"))
    assert errors_of(response)["largest_gift_coins"] == [
        "Supernova costs 10,000 coins. Lower its price or retire it first."
    ]


def test_terms_from_a_passed_moment_are_refused_beside_their_date(client, otto):
    passed = terms_form(starts_at_0="2020-01-01", starts_at_1="00:00")

    answer = client.post("/admin/live/liveterms/add/", passed)

    assert list(errors_of(answer)) == ["starts_at"]
    assert LiveTerms.objects.count() == 1


@pytest.mark.once
@pytest.mark.parametrize("count", [1, 3])
def test_list_of_lives_takes_three_queries(client, otto, django_assert_num_queries, count):
    for number in range(count):
        make_session(make_creator(f"Cleo{number}"))
    with django_assert_num_queries(3):
        client.get("/admin/live/livesession/")


def test_operator_ends_a_live_with_a_reason_that_its_creator_reads(client, otto):
    live = make_session()
    tap(make_user("Vera", coins=100), live)
    choice = {"action": "end_lives", "_selected_action": str(live.pk)}
    answer = client.post("/admin/live/livesession/", choice, follow=True)

    assert "Say why" in answer.content.decode()

    live.refresh_from_db()
    assert live.is_live
    filtered = "/admin/live/livesession/?state=live"
    answer = client.post(filtered, {**choice, "reason": "Against the house rules."}, follow=True)
    assert "Ended: 1. Over before: 0." in answer.text
    live.refresh_from_db()
    assert (live.settlement.points, live.settlement.ended_by) == (5, otto.email)
    assert "Against the house rules." in Notice.objects.get(user=live.creator.user).text
    assert latest_history() == ("Otto", "Ended. Reason: Against the house rules.")


def test_a_live_that_another_operator_has_ended_is_told_of_once(otto):
    live = make_session()
    as_listed = LiveSession.objects.get(pk=live.pk)

    results = [close_session(as_listed, by=otto, why="Against the house rules.") for _ in range(2)]

    assert results == [True, False]
    assert Notice.objects.get(user=live.creator.user).text == (
        f"“{live.title}” was ended by an operator: Against the house rules. Its points are diamonds now."
    )


def test_looking_at_lives_does_not_let_one_end_them(client):
    live = make_session()
    client.force_login(make_limited_operator("live.view_livesession"))
    client.post("/admin/live/livesession/", {"action": "end_lives", "_selected_action": str(live.pk), "reason": "x"})
    live.refresh_from_db()
    assert live.is_live


@pytest.mark.once
@pytest.mark.parametrize("count", [1, 3])
def test_list_of_creators_takes_three_queries(client, otto, django_assert_num_queries, count):
    for number in range(count):
        make_creator(f"Cleo{number}", followers=13)
    with django_assert_num_queries(3):
        page = client.get("/admin/live/creator/").content.decode()
    assert page.count(">13<") == count


def test_deactivating_a_creator_ends_the_live_and_settles_it(client, otto):
    live = make_session()
    cleo = live.creator
    tap(make_user("Vera", coins=100), live)
    form = {"name": cleo.name, "bio": ""}
    url = f"/admin/live/creator/{cleo.pk}/change/"
    answer = client.post(url, form)

    assert errors_of(answer)["reason"] == ["Say why. Nothing was saved."]

    answer = client.post(url, {**form, "reason": "Stolen account"})

    assert answer.status_code == 302

    live.refresh_from_db()
    cleo.user.refresh_from_db()
    assert not cleo.user.is_active
    assert live.settlement.points == 5
    assert latest_history() == ("Otto", "May come in: yes → no. Reason: Stolen account")
    client.post(url, {**form, "is_active": "on", "reason": "It was given back"})
    cleo.user.refresh_from_db()
    assert cleo.user.is_active


@pytest.mark.parametrize(("what", "status"), [("change", 302), ("delete", 403), ("history", 302)])
def test_creator_with_an_impossible_id_is_nobody(client, otto, what, status):
    for number in ("9" * 23, "-1", "１２"):
        page = client.get(f"/admin/live/creator/{number}/{what}/")

        assert page.status_code == status


def test_address_of_a_row_that_cannot_be_is_answered(client, otto):
    for name in ("live/gift", "live/creator", "payouts/diamondrate", "wallet/account", "people/user"):
        page = client.get(f"/admin/{name}/%00/change/")

        assert page.status_code == 302, name
    page = client.get(f"/admin/live/gift/{panda().pk}/change/?_to_field=")

    assert page.status_code == 200


@pytest.mark.parametrize("name", ["gift", "giftprice", "livesession", "settlement", "gifttap", "creator", "liveterms"])
def test_every_list_opens_and_can_be_searched_with_anything(client, otto, name):
    tap(make_user("Vera", coins=100), make_session())
    for term in ("", "panda", "00000000-0000-4000-8000-000000000000", "\x00", "x" * 3_000, "coins:user:7"):
        page = client.get(f"/admin/live/{name}/", {"q": term})

        assert page.status_code in (200, 302)
