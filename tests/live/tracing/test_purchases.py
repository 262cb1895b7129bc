"""A viewer follows a recharge to the lives that got its coins, and a gift back to the recharges that paid it."""

from uuid import uuid4

import pytest

from live.gifts.catalog import set_price
from live.models import Gift
from live.sessions.sessions import end_session
from live.tracing import purchases
from live.tracing.purchases import follow_gift, follow_recharge, follow_recharge_in, page_of_lots
from payouts.models import DiamondRate
from tests.factories import make_creator, make_recharge, make_user
from tests.live.tracing.following import buy, cleo_live, give, read
from wallet import ledger
from wallet.accounts import COINS_ISSUANCE
from wallet.coins import coins_of
from wallet.models import Reason, Transfer

pytestmark = pytest.mark.django_db


def test_recharge_leads_to_its_lives_with_what_each_side_has(django_assert_num_queries):
    vera, session = make_user(), cleo_live()
    recharge = buy(vera, 500)
    give(vera, session, quantity=10)
    give(vera, session, quantity=2)
    end_session(session, by="creator")

    with django_assert_num_queries(6):
        lot, page = follow_recharge(recharge, None)

    (given,) = page.object_list
    assert (lot.coins, lot.cents, lot.spent, lot.unspent) == (500, 500, 60, 440)
    assert (given.session, given.gifts, given.coins) == (session, 2, 60)
    assert (given.paid_micros, given.creator_micros, given.kept_micros) == (600_000, 300_000, 300_000)


def test_queries_stay_the_same_with_more_lives_and_gifts(django_assert_num_queries):
    vera = make_user()
    recharge = buy(vera, 500)
    for title in ("First", "Second", "Third"):
        session = cleo_live(make_creator(title, followers=0), title)
        give(vera, session)
        give(vera, session)
        end_session(session, by="creator")

    with django_assert_num_queries(6):
        _, page = follow_recharge(recharge, None)

    assert [given.session.title for given in page.object_list] == ["First", "Second", "Third"]


def test_creator_gets_the_rate_of_the_lives_end_and_a_running_one_that_of_now():
    vera, ended = make_user(), cleo_live()
    recharge = buy(vera, 500)
    give(vera, ended, quantity=10)
    end_session(ended, by="creator")
    DiamondRate.objects.create(micros=4_000, reason_given="Lower.")
    running = cleo_live(make_creator("Nova", followers=0))
    give(vera, running, quantity=10)

    _, page = follow_recharge(recharge, None)

    assert [given.creator_micros for given in page.object_list] == [250_000, 200_000]
    assert [given.kept_micros for given in page.object_list] == [250_000, 300_000]


def test_coins_that_were_cheaper_than_their_diamonds_are_worth_say_who_adds(client):
    vera, session = make_user(), cleo_live()
    recharge = buy(vera, 100, cents=40)
    give(vera, session, quantity=20)
    end_session(session, by="creator")

    _, page = follow_recharge(recharge, None)
    shown = read(client, vera, f"/wallet/recharge/{recharge.pk}/money/")

    assert (page.object_list[0].kept_micros, page.object_list[0].added_micros) == (-100_000, 100_000)
    assert "$0.50 to Cleo · $0.10 added by Ovation" in shown


def test_lives_come_in_pages(monkeypatch):
    monkeypatch.setattr(purchases, "LIVES_PER_PAGE", 2)
    vera = make_user()
    recharge = buy(vera, 500)
    for title in ("First", "Second", "Third"):
        give(vera, cleo_live(make_creator(title, followers=0), title))

    titles = [
        [given.session.title for given in follow_recharge(recharge, number).page.object_list]
        for number in (None, "2", "99", "x")
    ]

    assert titles == [["First", "Second"], ["Third"], ["Third"], ["First", "Second"]]


def test_gifts_of_one_live_are_those_that_the_recharge_paid(django_assert_num_queries):
    vera, session = make_user(), cleo_live()
    first, second = buy(vera, 100), buy(vera, 500)
    give(vera, session, quantity=18)
    give(vera, session, quantity=4)
    give(vera, session)

    with django_assert_num_queries(6):
        _, page = follow_recharge_in(second, session.pk, None)

    assert [(gift.tap.coins, gift.coins, gift.paid_micros) for gift in page.object_list] == [
        (20, 10, 100_000),
        (5, 5, 50_000),
    ]
    assert [gift.coins for gift in follow_recharge_in(first, session.pk, None)[1].object_list] == [90, 10]


def test_gift_leads_back_to_its_recharges(django_assert_num_queries):
    vera, session = make_user(), cleo_live()
    cheap, dear = buy(vera, 100, cents=80), buy(vera, 500)
    gift = give(vera, session, "clover", 8)

    with django_assert_num_queries(5):
        paid = follow_gift(gift)

    assert [(one.lot.recharge, one.coins, one.micros) for one in paid] == [
        (cheap, 100, 800_000),
        (dear, 100, 1_000_000),
    ]


# --- Pages ----------------------------------------------------------------------------------------


def test_page_of_a_recharge_says_each_step_and_adds_up(client):
    vera, session = make_user(), cleo_live()
    recharge = buy(vera, 500)
    give(vera, session, quantity=12)
    end_session(session, by="creator")

    page = read(client, vera, f"/wallet/recharge/{recharge.pk}/money/")

    assert "$5.00 by card on" in page and "became 500 coins." in page
    assert f'href="/wallet/recharge/{recharge.pk}/money/{session.pk}/"' in page
    assert "<strong>Strings by request</strong>" in page and "1 gift<" in page.replace(" </small>", "<")
    assert "$0.30 to Cleo · $0.30 kept by Ovation" in page
    assert "60 coins <small>$0.60</small>" in page
    assert "<dt>Given in lives</dt><dd>60 coins <small>$0.60</small>" in page
    assert "<dt>Unspent, in your balance</dt><dd>440 coins <small>$4.40</small>" in page
    assert "<dt>Bought</dt><dd>500 coins <small>$5.00</small>" in page
    assert "Taken back" not in page


def test_page_of_an_unspent_recharge_says_that_all_is_there(client):
    vera = make_user()
    recharge = buy(vera, 500)

    page = read(client, vera, f"/wallet/recharge/{recharge.pk}/money/")

    assert "None of these coins has been spent. All of them are in your balance." in page


@pytest.mark.spoils_books
def test_page_of_a_recharge_that_was_taken_back_says_so(client):
    vera = make_user()
    recharge = buy(vera, 500)
    ledger.reverse(Transfer.objects.get(reason=Reason.RECHARGE))

    page = read(client, vera, f"/wallet/recharge/{recharge.pk}/money/")

    assert "None of these coins went to a live." in page
    assert "<dt>Taken back</dt><dd>500 coins <small>$5.00</small>" in page


def test_purchases_say_what_is_left_of_each_and_add_up_to_the_balance(client):
    vera, session = make_user(), cleo_live()
    first, second = buy(vera, 100), buy(vera, 500)
    give(vera, session, quantity=24)

    page = read(client, vera, "/wallet/purchases/")

    assert "adds up to your balance of 480 coins." in page
    assert page.index(f'href="/wallet/recharge/{second.pk}/money/"') < page.index(f"/wallet/recharge/{first.pk}/money/")
    assert "480 left <small>20 given</small>" in page and "0 left <small>100 given</small>" in page
    assert 'href="/wallet/purchases/"' in read(client, vera, "/wallet/")


def test_purchases_come_in_pages(monkeypatch, client):
    monkeypatch.setattr(purchases, "LOTS_PER_PAGE", 1)
    vera = make_user()
    first, second = buy(vera, 100), buy(vera, 500)

    lots = [page_of_lots(vera, number).object_list[0].recharge for number in (None, "2", "99", "x")]

    assert lots == [second, first, first, second]


def test_purchases_of_somebody_who_bought_nothing_offer_a_recharge(client):
    page = read(client, make_user(), "/wallet/purchases/")

    assert "You have bought nothing yet" in page


def test_page_of_a_gift_says_what_paid_for_it_and_what_became_of_it(client):
    vera, session = make_user(), cleo_live()
    recharge = buy(vera, 500)
    gift = give(vera, session, quantity=12)

    running = read(client, vera, f"/live/receipts/{gift.tap_id}/money/")
    end_session(session, by="creator")
    settled = read(client, vera, f"/live/receipts/{gift.tap_id}/money/")

    assert f'href="/wallet/recharge/{recharge.pk}/money/"' in running
    assert "500 coins for $5.00" in running and "60 coins <small>$0.60</small>" in running
    assert "You gave 60 coins, for which you paid $0.60" in running
    assert "They are points in the live now" in running
    assert "They became 60 diamonds of Cleo" in settled
    assert "$0.30 to Cleo · $0.30 kept by Ovation" in settled


@pytest.mark.spoils_books
def test_page_of_a_gift_that_was_taken_back_says_so(client):
    vera, session = make_user(), cleo_live()
    buy(vera, 500)
    gift = give(vera, session)
    ledger.reverse(ledger.posted(Reason.GIFT, gift.tap_id))

    page = read(client, vera, f"/live/receipts/{gift.tap_id}/money/")

    assert "This gift was taken back" in page


@pytest.mark.spoils_books
def test_page_of_a_gift_from_coins_that_were_not_bought_says_so(client, otto):
    vera, session = make_user(), cleo_live()
    ledger.post(debit=COINS_ISSUANCE, credit=coins_of(vera), amount=30, reason=Reason.RECHARGE, reference=uuid4())
    gift = give(vera, session)

    page = read(client, vera, f"/live/receipts/{gift.tap_id}/money/")
    of_operator = read(client, otto, f"/admin/tap/{gift.tap_id}/")

    assert "30 coins that you didn’t buy" in page and "5 coins <small>$0.00</small>" in page
    assert "5 coins that weren’t bought · Recharge" in of_operator


def test_page_keeps_the_gift_as_it_was_sold(client):
    vera, session = make_user(), cleo_live()
    recharge = buy(vera, 500)
    give(vera, session, quantity=3)
    set_price(Gift.objects.get(slug="panda"), 7, by=make_user("Otto", is_staff=True), reason="Dearer")

    page = read(client, vera, f"/wallet/recharge/{recharge.pk}/money/{session.pk}/")

    assert "Panda ×3" in page and "15 coins <small>$0.15</small>" in page


def test_receipts_lead_to_the_money(client):
    vera, session = make_user(), cleo_live()
    recharge = buy(vera, 500)
    gift = give(vera, session)

    assert f'href="/wallet/recharge/{recharge.pk}/money/"' in read(client, vera, f"/wallet/recharge/{recharge.pk}/")
    assert f'href="/live/receipts/{gift.tap_id}/money/"' in read(client, vera, f"/live/receipts/{gift.tap_id}/")


def test_what_isnt_there_is_404(client):
    vera, mallory, session = make_user(), make_user("Mallory", coins=100), cleo_live()
    recharge, unpaid = buy(vera, 500), make_recharge(vera)
    gift = give(vera, session)
    elsewhere = cleo_live(make_creator("Nova", followers=0))

    read(client, vera, f"/wallet/recharge/{unpaid.pk}/money/", status=404)
    read(client, vera, f"/wallet/recharge/{unpaid.pk}/money/{session.pk}/", status=404)
    read(client, vera, f"/wallet/recharge/{recharge.pk}/money/{elsewhere.pk}/", status=404)
    for address in (
        f"/wallet/recharge/{recharge.pk}/money/",
        f"/wallet/recharge/{recharge.pk}/money/{session.pk}/",
        f"/live/receipts/{gift.tap_id}/money/",
    ):
        read(client, mallory, address, status=404)
        read(client, session.creator.user, address, status=404)
