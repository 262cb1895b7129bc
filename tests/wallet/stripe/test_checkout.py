"""A recharge paid at Stripe: the way there and back, and what the page says meanwhile."""

import re
from urllib.parse import urlencode

import pytest

from tests.factories import make_user
from tests.htmx import HTMX
from tests.wallet.paging import START, page_of, words
from tests.wallet.stripe.buying import ask, choose, deliver, go_to_checkout, tell_and_ask
from wallet import accounts, ledger
from wallet.books import check_books
from wallet.coins import coin_balance
from wallet.models import Checkout, PaymentEvent, Recharge

pytestmark = pytest.mark.django_db
RECHARGE = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def test_choice_leads_to_stripes_own_page_with_the_price_and_our_id(client, vera, till):
    answer = choose(client)

    recharge = vera.recharges.get()
    session = till.session_of(recharge.pk)
    assert (answer.status_code, answer["Location"]) == (303, session["url"])
    assert (session["amount_total"], session["currency"], session["payment_method_types"]) == (500, "usd", ["card"])
    assert session["metadata"] == {"recharge": str(recharge.pk)}
    assert session["success_url"] == session["cancel_url"] == f"http://testserver{page_of(recharge)}"
    assert (recharge.provider, recharge.status) == ("stripe", "started")
    assert (recharge.checkout.reference, recharge.checkout.is_live) == (session["id"], False)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_forms_of_the_page_may_lead_to_stripe_and_nowhere_else(client, vera, till, settings, headers):
    for page in ("/wallet/", START):
        policy = client.get(page, headers=headers)["Content-Security-Policy"]

        assert f"form-action 'self' {settings.STRIPE_CHECKOUT};" in f"{policy};"
        assert "script-src 'self';" in f"{policy};"


def test_paid_recharge_credits_its_coins_and_shows_the_receipt(client, vera, till):
    recharge, session = go_to_checkout(client, till, vera)

    outcome = tell_and_ask(till.pay(session))

    assert outcome == "asked: checkout.session.completed"
    assert coin_balance(vera) == 500
    assert ledger.balance(accounts.CENTS_PLATFORM) == 500
    recharge.refresh_from_db()
    assert (recharge.status, recharge.payment_id) == ("confirmed", session["payment_intent"])
    assert [step.by for step in recharge.steps.all()] == [vera.email, "stripe"]
    page = words(client.get(page_of(recharge)))
    assert "The coins have arrived and can be spent at once." in page
    assert check_books() == []


def test_what_stripe_answered_is_kept_beside_its_event(client, vera, till):
    recharge, session = go_to_checkout(client, till, vera)
    event = till.pay(session)

    tell_and_ask(event)

    kept = {event.event_id: event.outcome for event in PaymentEvent.objects.filter(about=recharge.pk)}
    assert kept == {event["id"]: "asked: checkout.session.completed", f"answer-{recharge.pk}-paid": "confirmed"}
    answer = PaymentEvent.objects.get(outcome="confirmed")
    assert (answer.payment_id, answer.cents) == (session["payment_intent"], 500)
    assert session["id"] in answer.body


def test_without_any_event_the_worker_asks_and_credits(client, vera, till):
    _, session = go_to_checkout(client, till, vera)
    till.pay(session)

    asked = [ask(seconds) for seconds in (0, 29, 31)]

    assert asked == [0, 0, 1]
    assert coin_balance(vera) == 500


def test_the_way_back_keeps_what_the_coins_were_for(client, vera, till):
    errand = urlencode({"for": 700, "what": "skyline", "next": "/live/?gift=skyline"})

    client.post(f"{START}?{errand}", {"package": "coins-1000", "method": "card", "recharge_id": RECHARGE})

    back = till.session_of(RECHARGE)["success_url"].removeprefix("http://testserver")
    tell_and_ask(till.pay(till.session_of(RECHARGE)))
    receipt = client.get(back)

    assert 'href="/live/?gift=skyline">Back to the live' in receipt.text


def test_checkout_that_was_left_waits_and_leads_there_again(client, vera, till):
    recharge, session = go_to_checkout(client, till, vera)

    page = words(client.get(page_of(recharge)))

    assert "The provider hasn’t confirmed the payment yet" in page
    assert f'href="{session["url"]}">Continue to payment' in page
    assert 'value="decline"' not in page


def test_checkout_that_ended_unpaid_closes_the_recharge(client, vera, till):
    recharge, session = go_to_checkout(client, till, vera)

    tell_and_ask(till.expire(session))

    page = words(client.get(page_of(recharge)))
    assert "The checkout wasn’t finished in time" in page and "Try again" in page
    assert Recharge.objects.get().status == "failed"
    assert coin_balance(vera) == 0


def test_debit_of_a_bank_is_on_its_way_for_days_and_the_coins_come_with_the_money(client, vera, till):
    recharge, session = go_to_checkout(client, till, vera, method="bank")

    tell_and_ask(till.pay_by_bank(session))

    page = words(client.get(page_of(recharge)))
    assert "On its way." in page and "the coins come with it" in page
    assert (coin_balance(vera), Recharge.objects.get().status) == (0, "started")

    tell_and_ask(till.bank_pays(session), seconds=60)

    assert coin_balance(vera) == 500
    assert [notice.text for notice in vera.notices.all()] == [
        "500 coins for $5.00: the money has arrived, and the coins are in your balance."
    ]


def test_debit_that_the_bank_refuses_credits_nothing_and_says_so(client, vera, till):
    recharge, session = go_to_checkout(client, till, vera, method="bank")
    tell_and_ask(till.pay_by_bank(session))

    tell_and_ask(till.bank_refuses(session), seconds=60)

    page = words(client.get(page_of(recharge)))
    assert (coin_balance(vera), Recharge.objects.get().status) == (0, "failed")
    assert "The bank didn’t pay" in page
    assert vera.notices.get().text == "500 coins for $5.00: your bank didn’t pay. Nothing was credited."


def test_page_that_waits_is_told_to_load_anew_once_there_is_news(client, vera, till):
    recharge, session = go_to_checkout(client, till, vera)
    waiting = f"{page_of(recharge)}?seen=open"

    before = client.get(waiting, headers=HTMX)
    tell_and_ask(till.pay(session))
    after = client.get(waiting, headers=HTMX)
    receipt = client.get(page_of(recharge))

    assert (before.status_code, after.status_code, after["HX-Refresh"]) == (204, 200, "true")
    assert 'hx-trigger="every 3s"' not in receipt.text


def test_payment_at_stripe_is_not_decided_here(client, vera, till):
    recharge, _ = go_to_checkout(client, till, vera)

    answer = client.post(page_of(recharge), {"outcome": "pay"})

    assert answer.status_code == 405
    assert coin_balance(vera) == 0


def test_form_sent_twice_opens_one_checkout(client, vera, till):
    answers = [choose(client, recharge_id=RECHARGE) for _ in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert (till.requests["create"], len(till.sessions)) == (1, 1)


def test_form_sent_again_after_the_payment_leads_to_the_receipt(client, vera, till):
    choose(client, recharge_id=RECHARGE)
    tell_and_ask(till.pay(till.session_of(RECHARGE)))

    answer = choose(client, recharge_id=RECHARGE)

    assert answer["Location"] == f"http://testserver{START}{RECHARGE}/"
    assert till.requests["create"] == 1


def test_somebody_elses_recharge_stays_theirs(client, vera, till):
    recharge, _ = go_to_checkout(client, till, vera)
    client.force_login(make_user("Mallory"))

    answers = [client.get(page_of(recharge)), client.get(f"{page_of(recharge)}?seen=open", headers=HTMX)]
    taken = choose(client, recharge_id=str(recharge.pk))

    assert [answer.status_code for answer in answers] == [404, 404]
    assert taken.status_code == 409
    assert recharge.checkout.url not in taken.text


# --- Answers that don't come ----------------------------------------------------------------------


# The library repeats a call that broke off, but neither one that Stripe counts as too many nor an unreadable answer.
@pytest.mark.parametrize("faults", [("503-before",) * 2, ("cut-before",) * 2, ("429",)], ids="/".join)
def test_stripe_that_is_away_is_503_and_the_same_form_works_later(client, vera, till, break_next, faults):
    break_next("create", *faults)

    refused = choose(client, recharge_id=RECHARGE)

    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    assert "The payment provider isn’t answering. Nothing was charged; try again in a moment." in words(refused)
    assert f'value="{RECHARGE}"' in refused.text
    again = choose(client, recharge_id=RECHARGE)
    assert again["Location"] == till.session_of(RECHARGE)["url"]


@pytest.mark.parametrize(
    "faults", [("503-after",) * 2, ("cut-after",) * 2, ("hang-after",) * 2, ("garbage-after",)], ids="/".join
)
def test_checkout_whose_answer_was_lost_is_the_same_one_later(client, vera, till, break_next, settings, faults):
    break_next("create", *faults)

    lost = choose(client, recharge_id=RECHARGE)
    settings.STRIPE_TIMEOUT_SECONDS = 10
    page = words(client.get(f"{START}{RECHARGE}/"))
    again = choose(client, recharge_id=RECHARGE)

    assert lost.status_code == 503
    assert f'name="recharge_id" value="{RECHARGE}"' in page and "Continue to payment" in page
    assert again["Location"] == till.session_of(RECHARGE)["url"]


def test_event_names_the_checkout_whose_answer_was_lost(client, vera, till, break_next):
    break_next("create", "503-after", "503-after")
    choose(client, recharge_id=RECHARGE)

    tell_and_ask(till.pay(till.session_of(RECHARGE)))

    assert coin_balance(vera) == 500


def test_question_without_an_answer_concludes_nothing_and_is_asked_again(client, vera, till, break_next):
    recharge, session = go_to_checkout(client, till, vera)
    deliver(till.pay(session))
    break_next("retrieve", "503-after", "503-after")

    ask(10)

    checkout = Checkout.objects.get(pk=recharge.pk)
    assert (checkout.trouble, checkout.ask_now) == ("Stripe did not answer (APIError).", True)
    assert coin_balance(vera) == 0
    asked = [ask(20), ask(50)]
    assert asked == [0, 1]
    assert coin_balance(vera) == 500


def test_checkout_that_stripe_refuses_says_so_and_nothing_of_stripes_words(client, vera, till, settings):
    settings.RECHARGE_ABANDONED_AFTER_MINUTES = -5

    refused = choose(client)

    assert refused.status_code == 409
    assert "The payment provider doesn’t accept this recharge. Nothing was charged" in words(refused)
    assert "parameter" not in words(refused)


def test_key_that_stripe_refuses_is_logged_without_it(client, vera, till, settings, caplog):
    settings.STRIPE_SECRET_KEY = "sk_test_withdrawn"

    refused = choose(client)

    assert refused.status_code == 503
    assert "Stripe doesn't accept our key" in caplog.text
    assert "withdrawn" not in caplog.text


@pytest.mark.parametrize(("is_live", "said"), [(True, "On Stripe’s own page"), (False, "no real money moves")])
def test_methods_say_where_one_pays_or_that_it_is_a_test(client, vera, till, settings, is_live, said):
    settings.STRIPE_LIVE = is_live

    page = words(client.get(START))

    assert re.findall(r'name="method" value="(\w+)"', page) == ["card", "bank"]
    assert said in page
