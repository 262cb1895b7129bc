"""Payments that an operator must look at: on the front page, in the list, and put aside with a reason."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group

from tests.factories import make_recharge, make_user
from tests.operator import make_limited_operator
from wallet.models import Checkout

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DISPUTE = "Dispute needs_response: 100 USD (fraudulent)"


@pytest.fixture
def disputed(settings):
    """Vera's recharge, of which its provider told a dispute."""
    settings.PAYMENT_PROVIDER = "stripe"
    recharge = make_recharge(make_user("Vera"))
    Checkout.objects.update(attention=DISPUTE, reference="cs_test_7")
    return recharge


def page_of(recharge):
    return f"/admin/recharge/{recharge.pk}/"


def test_front_page_shows_the_payments_to_look_at(client, otto, disputed):
    make_recharge(make_user("Vito"))

    page = client.get("/admin/")

    payments = page.context["payments"]
    assert ([row.pk for row in payments.rows], payments.count) == ([disputed.pk], 1)
    assert "Payments to look at: 1" in page.text and DISPUTE in page.text


def test_front_page_has_no_such_card_while_nothing_waits(client, otto):
    page = client.get("/admin/")

    assert "Payments to look at" not in page.text


def test_list_of_recharges_filters_those_to_look_at(client, otto, disputed):
    make_recharge(make_user("Vito"))

    page = client.get("/admin/wallet/recharge/?look=1")

    assert [row.pk for row in page.context["cl"].result_list] == [disputed.pk]


def test_page_of_a_recharge_has_the_words_and_the_checkout(client, otto, disputed):
    page = client.get(page_of(disputed)).text

    assert DISPUTE in page
    assert "cs_test_7" in page and "Play money" in page
    assert "I have looked at it" in page


def test_operator_puts_it_aside_with_a_reason_that_is_kept(client, otto, disputed):
    answer = client.post(page_of(disputed), {"reason": "Answered at Stripe"}, follow=True)

    assert Checkout.objects.get().attention == ""
    assert "It waits for nobody any more." in answer.text and DISPUTE not in answer.text
    assert LogEntry.objects.get().change_message == f"Looked at: {DISPUTE}. Reason: Answered at Stripe"


def test_putting_aside_twice_is_said_and_logged_once(client, otto, disputed):
    client.post(page_of(disputed), {"reason": "Answered at Stripe"})

    answer = client.post(page_of(disputed), {"reason": "Answered at Stripe"}, follow=True)

    assert "Nothing waited." in answer.text
    assert LogEntry.objects.count() == 1


def test_without_a_reason_it_stays(client, otto, disputed):
    answer = client.post(page_of(disputed), {"reason": " "})

    assert answer.status_code == 422
    assert Checkout.objects.get().attention == DISPUTE


@pytest.mark.parametrize(("group", "status"), [("Support", 403), ("Finance", 302)])
def test_finance_may_put_aside_and_support_may_only_read(client, disputed, group, status):
    lena = make_limited_operator()
    lena.groups.add(Group.objects.get(name=group))
    client.force_login(lena)

    shown = client.get(page_of(disputed))
    answer = client.post(page_of(disputed), {"reason": "Answered at Stripe"})

    assert (shown.status_code, DISPUTE in shown.text) == (200, True)
    assert ("I have looked at it" in shown.text) == (group == "Finance")
    assert answer.status_code in (status, 303 if status == 302 else status)


def test_checkout_is_found_by_the_providers_id(client, otto, disputed):
    page = client.get("/admin/search/", {"q": "cs_test_7"})

    assert "100 coins for $1.00 by Vera" in page.text
