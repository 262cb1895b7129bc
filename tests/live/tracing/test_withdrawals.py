"""A creator follows a withdrawal back to the lives whose diamonds it took, and to their gifts."""

import pytest

from live.sessions.sessions import end_session
from live.tracing import withdrawals
from live.tracing.withdrawals import follow_withdrawal, follow_withdrawal_in
from payouts.withdrawals.withdrawals import cancel_withdrawal
from tests.factories import make_creator, make_user
from tests.live.tracing.following import cleo_live, give, read
from tests.payouts.earning import make_earner, withdraw
from wallet import ledger
from wallet.models import Reason

pytestmark = pytest.mark.django_db


def make_lives(*gifts):
    """Let Cleo live once for each tuple of (viewer, gift, quantity); return her user and the lives."""
    creator = make_creator(followers=0)
    lives = []
    for number, given in enumerate(gifts, start=1):
        session = cleo_live(creator, f"Live {number}")
        for viewer, gift, quantity in given:
            give(viewer, session, gift, quantity)
        end_session(session, by="creator")
        lives.append(session)
    return creator.user, lives


def test_withdrawal_takes_the_oldest_lives_first(django_assert_num_queries):
    vera = make_user(coins=60_000)
    cleo, (first, second, _) = make_lives(
        [(vera, "supernova", 1), (vera, "drama-queen", 1)], [(vera, "supernova", 2)], [(vera, "supernova", 1)]
    )
    withdrawal, later = withdraw(cleo, 100_00), withdraw(cleo, 100_00)

    with django_assert_num_queries(5):
        page = follow_withdrawal(withdrawal, None)

    assert [(one.session, one.diamonds, one.micros) for one in page.object_list] == [
        (first, 15_000, 75_000_000),
        (second, 5_000, 25_000_000),
    ]
    assert [one.diamonds for one in follow_withdrawal(later, None).object_list] == [15_000, 5_000]


def test_diamonds_that_came_back_are_the_first_of_the_next_withdrawal():
    vera = make_user(coins=60_000)
    cleo, (first, second) = make_lives([(vera, "supernova", 2)], [(vera, "supernova", 4)])
    cancelled = withdraw(cleo, 100_00)
    cancel_withdrawal(cancelled, by=cleo.email)

    page = follow_withdrawal(withdraw(cleo, 150_00), None)

    assert [(one.session, one.diamonds) for one in page.object_list] == [(first, 20_000), (second, 10_000)]
    assert [one.diamonds for one in follow_withdrawal(cancelled, None).object_list] == [20_000]


def test_lives_come_in_pages(monkeypatch):
    monkeypatch.setattr(withdrawals, "LIVES_PER_PAGE", 1)
    vera = make_user(coins=60_000)
    cleo, (first, second) = make_lives([(vera, "supernova", 1)], [(vera, "supernova", 1)])
    withdrawal = withdraw(cleo, 100_00)

    pages = [follow_withdrawal(withdrawal, number).object_list[0].session for number in (None, "2", "9")]

    assert pages == [first, second, second]


def test_gifts_of_a_live_are_those_whose_diamonds_were_taken(django_assert_num_queries):
    vera, noor = make_user(coins=60_000), make_user("Noor", coins=60_000)
    cleo, (session,) = make_lives([(vera, "supernova", 1), (noor, "supernova", 3), (vera, "panda", 1)])
    withdrawal, later = withdraw(cleo, 100_00), withdraw(cleo, 100_00)

    with django_assert_num_queries(8):
        taken, gifts, more = follow_withdrawal_in(withdrawal, session.pk, 0)

    assert (taken.diamonds, taken.micros, more) == (20_000, 100_000_000, False)
    assert [(gift.tap.viewer, gift.diamonds) for gift in gifts] == [(vera, 10_000), (noor, 10_000)]
    _, gifts, _ = follow_withdrawal_in(later, session.pk, 0)
    assert [(gift.tap.viewer, gift.diamonds) for gift in gifts] == [(noor, 20_000)]


def test_gifts_continue_behind_the_last_one_shown(monkeypatch):
    monkeypatch.setattr(withdrawals, "GIFTS_PER_PAGE", 2)
    vera = make_user(coins=60_000)
    cleo, (session,) = make_lives([(vera, "drama-queen", 1), (vera, "supernova", 1), (vera, "drama-queen", 1)])
    withdrawal = withdraw(cleo, 100_00)

    _, first, more = follow_withdrawal_in(withdrawal, session.pk, 0)
    _, rest, none = follow_withdrawal_in(withdrawal, session.pk, first[-1].transfer_id)

    assert ([gift.diamonds for gift in first], more) == ([5_000, 10_000], True)
    assert ([gift.diamonds for gift in rest], none) == ([5_000], False)


@pytest.mark.spoils_books
def test_gift_that_was_taken_back_is_none_of_the_diamonds():
    vera, creator = make_user(coins=60_000), make_creator(followers=0)
    session = cleo_live(creator)
    back = give(vera, session, "supernova")
    give(vera, session, "supernova", 2)
    ledger.reverse(ledger.posted(Reason.GIFT, back.tap_id))
    end_session(session, by="creator")

    _, gifts, _ = follow_withdrawal_in(withdraw(creator.user, 100_00), session.pk, 0)

    assert [(gift.tap.quantity, gift.diamonds) for gift in gifts] == [(2, 20_000)]


# --- Pages ----------------------------------------------------------------------------------------


def test_page_of_a_withdrawal_lists_its_lives(client):
    vera = make_user(coins=60_000)
    cleo, (first, _) = make_lives([(vera, "drama-queen", 3)], [(vera, "supernova", 2)])
    withdrawal = withdraw(cleo, 100_00)

    page = read(client, cleo, f"/payouts/{withdrawal.pk}/money/")

    assert "$100.00 to PayPal are 20,000 diamonds at $0.005." in page
    assert f'href="/payouts/{withdrawal.pk}/money/{first.pk}/"' in page
    assert "All of its diamonds" in page and "15,000 diamonds <small>$75.00</small>" in page
    assert "Of its 20,000 diamonds" in page and "5,000 diamonds <small>$25.00</small>" in page
    assert "This withdrawal came back." not in page
    assert f'href="/payouts/{withdrawal.pk}/money/"' in read(client, cleo, f"/payouts/{withdrawal.pk}/")


def test_page_of_a_withdrawal_that_came_back_says_so(client):
    cleo = make_earner(20_000)
    withdrawal = withdraw(cleo, 100_00)
    cancel_withdrawal(withdrawal, by=cleo.email)

    page = read(client, cleo, f"/payouts/{withdrawal.pk}/money/")

    assert "<strong>This withdrawal came back.</strong> Its diamonds are in your balance again." in page


def test_gifts_show_faces_alone(client):
    vera, noor = make_user(coins=60_000), make_user("Noor", coins=60_000, is_somebody=True)
    cleo, (session,) = make_lives([(vera, "supernova", 1), (noor, "supernova", 2)])
    withdrawal = withdraw(cleo, 100_00)

    page = read(client, cleo, f"/payouts/{withdrawal.pk}/money/{session.pk}/")

    assert "20,000 of its 30,000 diamonds went into your withdrawal of $100.00." in page
    assert "Vera ·" in page and "Somebody ·" in page and "Of its 20,000 diamonds" in page
    assert "Noor" not in page and noor.email not in page and vera.email not in page


@pytest.mark.parametrize("after", ["x", "-1", "9" * 400, "٣"])
def test_nonsense_behind_which_to_continue_is_the_beginning(client, after):
    vera = make_user(coins=60_000)
    cleo, (session,) = make_lives([(vera, "supernova", 2)])
    withdrawal = withdraw(cleo, 100_00)

    assert "Supernova ×2" in read(client, cleo, f"/payouts/{withdrawal.pk}/money/{session.pk}/", after=after)


def test_page_behind_the_last_gift_leads_back(client):
    vera = make_user(coins=60_000)
    cleo, (session,) = make_lives([(vera, "supernova", 2)])
    withdrawal = withdraw(cleo, 100_00)

    assert "Nothing later" in read(client, cleo, f"/payouts/{withdrawal.pk}/money/{session.pk}/", after="9" * 18)


def test_withdrawal_of_another_and_a_live_that_gave_nothing_are_404(client):
    vera = make_user(coins=60_000)
    cleo, (first, second) = make_lives([(vera, "supernova", 2)], [(vera, "panda", 1)])
    withdrawal = withdraw(cleo, 100_00)

    read(client, cleo, f"/payouts/{withdrawal.pk}/money/{second.pk}/", status=404)
    read(client, vera, f"/payouts/{withdrawal.pk}/money/", status=404)
    read(client, vera, f"/payouts/{withdrawal.pk}/money/{first.pk}/", status=404)
