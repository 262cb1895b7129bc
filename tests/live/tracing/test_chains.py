"""An operator follows the whole chain: a payment, its gifts, and the withdrawals in which their diamonds ended."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from live.sessions.sessions import end_session
from live.tracing.chains import ends_of_gift, ends_of_given
from live.tracing.purchases import follow_recharge
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.withdrawals import cancel_withdrawal
from tests.factories import make_creator, make_recharge, make_user
from tests.live.tracing.following import buy, cleo_live, give, read
from tests.operator import make_limited_operator
from tests.payouts.earning import make_earner, withdraw
from wallet import ledger
from wallet.models import Reason, Transfer

pytestmark = pytest.mark.django_db


def chain_of(recharge):
    """Return {title of the live: [(diamonds, withdrawal or None)]} of a recharge."""
    given = list(follow_recharge(recharge, None).page.object_list)
    ends = ends_of_given(recharge.user, given)
    return {
        one.session.title: [(end.diamonds, end.withdrawal) for end in ends.get(one.session.pk, [])] for one in given
    }


def make_chain():
    """Let Noor and Vera give in turn in one live of Cleo's; return both recharges, the creator and the live."""
    vera, noor, creator = make_user(), make_user("Noor"), make_creator(followers=0)
    first, second = buy(vera, 25_000), buy(noor, 20_000)
    session = cleo_live(creator, "Strings")
    give(noor, session, "drama-queen", 1)
    give(vera, session, "drama-queen", 5)
    give(noor, session, "drama-queen", 1)
    end_session(session, by="creator")
    return first, second, creator, session


def test_each_coin_of_a_recharge_ends_in_one_withdrawal_or_in_the_balance():
    first, second, creator, _ = make_chain()
    paid = withdraw(creator.user, 100_00)
    give(second.user, cleo_live(creator, "Running"), "panda")

    assert chain_of(first) == {"Strings": [(15_000, paid), (10_000, None)]}
    assert chain_of(second) == {"Strings": [(5_000, paid), (5_000, None)], "Running": []}


def test_withdrawal_that_came_back_has_no_diamonds_and_the_next_has_them():
    first, _, creator, _ = make_chain()
    cancel_withdrawal(withdraw(creator.user, 100_00), by=creator.user.email)
    paid = withdraw(creator.user, 150_00)

    assert chain_of(first) == {"Strings": [(25_000, paid)]}


@pytest.mark.spoils_books
def test_diamonds_that_were_taken_back_say_so():
    first, _, _, session = make_chain()
    ledger.reverse(Transfer.objects.get(reason=Reason.SETTLE_DIAMONDS))

    (given,) = follow_recharge(first, None).page.object_list
    (end,) = ends_of_given(first.user, [given])[session.pk]

    assert (end.diamonds, end.withdrawal, end.is_taken_back) == (25_000, None, True)


def test_chain_of_a_recharge_is_twelve_queries_however_many_lives(django_assert_num_queries):
    vera = make_user()
    recharge = buy(vera, 60_000)
    for name in ("Cleo", "Nova", "Tove"):
        session = cleo_live(make_creator(name, followers=0), name)
        give(vera, session, "supernova", 2)
        end_session(session, by="creator")
        withdraw(session.creator.user, 100_00)

    with django_assert_num_queries(6):
        given = list(follow_recharge(recharge, None).page.object_list)
    with django_assert_num_queries(6):
        ends = ends_of_given(vera, given)

    assert [[end.withdrawal.creator.name for end in ends[one.session.pk]] for one in given] == [
        ["Cleo"],
        ["Nova"],
        ["Tove"],
    ]


def test_gift_ends_where_its_own_coins_went(django_assert_num_queries):
    first, _, creator, _ = make_chain()
    paid = withdraw(creator.user, 100_00)
    tap = first.user.taps.select_related("viewer", "session__creator__user").get()

    with django_assert_num_queries(7):
        ends = ends_of_gift(tap)

    assert [(end.diamonds, end.withdrawal) for end in ends] == [(15_000, paid), (10_000, None)]


def test_gift_in_a_running_live_and_one_that_was_taken_back_end_nowhere():
    vera, session = make_user(coins=100), cleo_live()
    gift = give(vera, session)

    assert ends_of_gift(gift) == []


# --- Pages ----------------------------------------------------------------------------------------


def test_page_of_a_recharge_has_the_references_of_both_providers(client, otto):
    first, _, creator, session = make_chain()
    withdrawal = withdraw(creator.user, 100_00)
    send_withdrawals()
    withdrawal.refresh_from_db()
    first.refresh_from_db()

    page = read(client, otto, f"/admin/recharge/{first.pk}/money/")

    assert first.payment_id in page and withdrawal.provider_reference in page
    assert f'href="/admin/withdrawal/{withdrawal.pk}/money/"' in page
    assert f'href="/admin/recharge/{first.pk}/money/{session.pk}/"' in page
    assert "15,000 diamonds in" in page and "10,000 diamonds in the balance of Cleo" in page
    assert "$125.00 to Cleo · $125.00 kept by Ovation" in page
    assert f'href="/admin/recharge/{first.pk}/money/"' in read(client, otto, f"/admin/recharge/{first.pk}/")


def test_page_of_a_recharge_in_a_live_leads_to_its_taps(client, otto):
    first, _, _, session = make_chain()
    tap = first.user.taps.get()

    page = read(client, otto, f"/admin/recharge/{first.pk}/money/{session.pk}/")

    assert f'href="/admin/tap/{tap.tap_id}/"' in page and "Drama Queen ×5" in page


def test_page_of_a_tap_is_the_whole_chain(client, otto):
    first, _, creator, _ = make_chain()
    withdrawal = withdraw(creator.user, 100_00)
    send_withdrawals()
    withdrawal.refresh_from_db()
    first.refresh_from_db()
    tap = first.user.taps.get()

    page = read(client, otto, f"/admin/tap/{tap.tap_id}/")

    assert "Paid: $250.00" in page and first.payment_id in page
    assert "Settled: 25,000 diamonds" in page and "15,000 diamonds in" in page
    assert withdrawal.provider_reference in page


def test_page_of_a_tap_shows_what_the_permissions_allow(client):
    first, _, creator, _ = make_chain()
    withdrawal = withdraw(creator.user, 100_00)
    first.refresh_from_db()

    page = read(client, make_limited_operator("live.view_gifttap"), f"/admin/tap/{first.user.taps.get().tap_id}/")

    assert "Settled: 25,000 diamonds" in page
    assert first.payment_id not in page and str(withdrawal.pk) not in page


def test_page_of_a_withdrawal_leads_to_gifts_with_their_payments(client, otto):
    first, second, creator, session = make_chain()
    withdrawal = withdraw(creator.user, 100_00)
    first.refresh_from_db()
    second.refresh_from_db()

    lives = read(client, otto, f"/admin/withdrawal/{withdrawal.pk}/money/")
    gifts = read(client, otto, f"/admin/withdrawal/{withdrawal.pk}/money/{session.pk}/")

    assert f'href="/admin/withdrawal/{withdrawal.pk}/money/{session.pk}/"' in lives
    assert "20,000 diamonds <small>of 35,000</small>" in lives
    assert first.payment_id in gifts and second.payment_id in gifts
    assert "15,000 of 25,000 diamonds" in gifts and "5,000 diamonds" in gifts
    assert f'href="/admin/withdrawal/{withdrawal.pk}/money/"' in read(
        client, otto, f"/admin/withdrawal/{withdrawal.pk}/"
    )


def test_page_of_gifts_has_the_same_queries_however_many_viewers(client, otto):
    creator, counts = make_creator(followers=0), []
    for number in (1, 4):
        session = cleo_live(creator, f"With {number}")
        for name in range(number):
            give(make_user(f"Viewer{name}", coins=20_000), session, "supernova", 2)
        end_session(session, by="creator")
        withdrawal = withdraw(creator.user, 100_00 * number)
        client.get(f"/admin/withdrawal/{withdrawal.pk}/money/{session.pk}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/admin/withdrawal/{withdrawal.pk}/money/{session.pk}/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("address", "permissions"),
    [
        ("recharge/{id}/money/", ["wallet.view_recharge", "payouts.view_withdrawal"]),
        ("recharge/{id}/money/{id}/", ["wallet.view_recharge"]),
        ("tap/{id}/", ["wallet.view_recharge", "payouts.view_withdrawal"]),
        ("withdrawal/{id}/money/", ["payouts.view_withdrawal"]),
        ("withdrawal/{id}/money/{id}/", ["payouts.view_withdrawal", "live.view_gifttap"]),
    ],
)
def test_pages_need_every_permission_of_their_rows(client, otto, address, permissions):
    address = f"/admin/{address.format(id=uuid4())}"

    read(client, otto, address, status=404)
    read(client, make_limited_operator(*permissions), address, status=403)


def test_recharge_that_is_not_paid_and_a_live_that_got_nothing_are_404(client, otto):
    first, _, creator, _ = make_chain()
    unpaid, withdrawal = make_recharge(make_user()), withdraw(creator.user, 100_00)
    elsewhere = make_earner(20_000, "Nova").creator.sessions.get()

    read(client, otto, f"/admin/recharge/{unpaid.pk}/money/", status=404)
    read(client, otto, f"/admin/recharge/{first.pk}/money/{elsewhere.pk}/", status=404)
    read(client, otto, f"/admin/withdrawal/{withdrawal.pk}/money/{elsewhere.pk}/", status=404)
