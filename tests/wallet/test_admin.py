"""Otto looks at the books. No operator can edit a balance, a transfer or a recharge."""

import pytest
from django.db import connection

from people.operator_units import amount_in_words
from tests.factories import confirm, give_coins, make_recharge, make_user, package_of
from tests.operator import address, make_limited_operator, make_operator
from wallet.coins import coin_balance
from wallet.models import Account, PaymentEvent, Recharge, Transfer

pytestmark = pytest.mark.django_db
READ_ONLY = [Account, Transfer, Recharge, PaymentEvent]


# --- Access -------------------------------------------------------------------------------------


@pytest.mark.once
def test_nobody_is_sent_to_our_log_in_and_back(client):
    response = client.get("/admin/", follow=True)
    assert [status for _, status in response.redirect_chain] == [302, 302]
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


@pytest.mark.once
def test_viewer_is_kept_out(client):
    client.force_login(make_user("Mallory"))
    statuses = [
        client.get("/admin/", follow=True).status_code,
        client.get("/admin/wallet/transfer/", follow=True).status_code,
    ]

    assert statuses == [403, 403]


@pytest.mark.once
def test_password_alone_does_not_open_the_admin_to_somebody_with_a_second_factor(client):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    otto = make_operator()
    TOTP.activate(otto, generate_totp_secret())
    response = client.post("/accounts/login/?next=/admin/", {"login": otto.email, "password": "ovation"})
    assert response.status_code == 302
    assert "/accounts/2fa/authenticate/" in response["Location"]

    page = client.get("/admin/")

    assert page.status_code == 302


@pytest.mark.once
def test_front_page_has_our_name_and_no_inline_code(client, otto):
    response = client.get("/admin/")
    text = response.content.decode()
    assert "Ovation" in text
    assert "css/desk.css" in text
    assert "style=" not in text
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]


@pytest.mark.once
def test_limited_operator_sees_only_what_the_permission_allows(client):
    client.force_login(make_limited_operator("wallet.view_recharge"))
    text = client.get("/admin/").content.decode()
    assert "/admin/wallet/recharge/" in text
    assert "/admin/wallet/transfer/" not in text

    statuses = [
        client.get("/admin/wallet/transfer/").status_code,
        client.get("/admin/wallet/transfer/check/").status_code,
    ]

    assert statuses == [403, 403]


# --- The books ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", READ_ONLY)
def test_books_can_be_looked_at_and_not_touched(client, otto, model):
    confirm(make_recharge(make_user("Vera")))
    row = model.objects.exclude(pk__startswith="house").first() if model is Account else model.objects.first()
    name = model._meta.model_name
    statuses = [
        client.get(address(row)).status_code,
        client.get(f"/admin/wallet/{name}/add/").status_code,
        client.post(f"/admin/wallet/{name}/add/", {}).status_code,
        client.post(address(row), {"amount": 1, "balance": 1, "coins": 1}).status_code,
        client.post(address(row, "delete"), {"post": "yes"}).status_code,
    ]

    assert statuses == [200, 403, 403, 403, 403]

    answer = client.post(f"/admin/wallet/{name}/", {"action": "delete_selected", "_selected_action": row.pk})

    assert answer.status_code == 200
    assert model.objects.filter(pk=row.pk).exists()


def test_account_shows_its_balance_and_latest_transfers(client, otto):
    vera = make_user("Vera", coins=1_200)
    text = client.get(address(Account.objects.get(name=f"coins:user:{vera.pk}"))).content.decode()
    assert "1,200" in text
    assert "coins:issuance →" in text.replace("&rarr;", "→")


def test_recharge_shows_its_steps_and_what_the_provider_said(client, otto):
    recharge = make_recharge(make_user("Vera"))
    confirm(recharge)
    text = client.get(address(recharge)).content.decode()
    assert "Payment received" in text
    assert PaymentEvent.objects.get().event_id in text


@pytest.mark.once
@pytest.mark.once
def test_messages_of_a_recharge_are_looked_up_by_its_key_and_not_in_their_bodies(client, otto):
    recharge = make_recharge(make_user("Vera"))
    events = [("E-1", recharge.pk, "{}"), ("E-2", None, f'{{"note": "not {recharge.pk}"}}')]
    for event_id, about, body in events:
        PaymentEvent.objects.create(provider="sandbox", event_id=event_id, about=about, body=body, outcome="ignored")

    words = client.get(address(recharge)).content.decode()

    assert "E-1: ignored" in words
    assert "E-2" not in words


def test_amounts_have_separators_and_units_in_lists_and_on_pages(client, otto):
    recharge = make_recharge(make_user("Vera"), package=package_of(1_000))
    confirm(recharge)

    page = client.get(address(recharge)).content.decode()
    transfers = client.get("/admin/wallet/transfer/").content.decode()
    prices = client.get("/admin/wallet/packageprice/").content.decode()

    assert ">1,000 coins<" in page
    assert ">$10.00<" in page
    assert '<td class="field-amount">1,000</td>' in transfers
    assert '<td class="field-cents">$10.00</td>' in prices


@pytest.mark.parametrize(
    ("column", "amount", "words"),
    [
        ("fee_cents", 123456, "$1,234.56"),
        ("rate_micros", 5_000, "$0.005"),
        ("largest_gift_coins", 10_000, "10,000 coins"),
        ("diamonds", 1, "1 diamond"),
        ("gifts", 1_234, "1,234"),
    ],
)
def test_unit_of_an_amount_is_in_the_name_of_its_column(column, amount, words):
    assert amount_in_words(column, amount) == words


def test_transfers_are_found_by_reference_and_by_account(client, otto):
    vera, mia = make_user("Vera", coins=100), make_user("Mia", coins=100)
    recharge = vera.recharges.get()
    found = client.get("/admin/wallet/transfer/", {"q": str(recharge.pk)}).context["cl"].queryset
    assert set(found.values_list("reference", flat=True)) == {recharge.pk}
    found = client.get("/admin/wallet/transfer/", {"q": f"coins:user:{mia.pk}"}).context["cl"].queryset
    assert set(found.values_list("credit_id", flat=True)) == {f"coins:user:{mia.pk}"}


@pytest.mark.once
@pytest.mark.parametrize("name", ["account", "transfer", "recharge", "paymentevent", "coinpackage", "coinrate"])
@pytest.mark.parametrize("count", [1, 3])
def test_every_list_takes_at_most_four_queries(client, otto, django_assert_max_num_queries, name, count):
    give_coins(make_user("Vera"), 100 * count)
    with django_assert_max_num_queries(4):
        page = client.get(f"/admin/wallet/{name}/")

    assert page.status_code == 200


@pytest.mark.parametrize("name", ["account", "transfer", "recharge", "paymentevent", "coinpackage"])
def test_every_list_can_be_searched_with_anything(client, otto, name):
    for term in ("coins", "00000000-0000-4000-8000-000000000000", "\x00", "x" * 3_000, "a:\x00", "vera@example.com"):
        page = client.get(f"/admin/wallet/{name}/", {"q": term})

        assert page.status_code in (200, 302)


def test_checking_the_books_says_that_they_are_right(client, otto):
    make_user("Vera", coins=100)
    page = client.get("/admin/wallet/transfer/check/")

    assert "The books are right" not in page.content.decode()

    answer = client.post("/admin/wallet/transfer/check/")

    assert "The books are right." in answer.content.decode()


@pytest.mark.spoils_books
def test_checking_the_books_names_each_discrepancy(client, otto):
    vera = make_user("Vera", coins=100)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wallet_account SET balance = 700 WHERE name = %s", [f"coins:user:{vera.pk}"])
    text = client.post("/admin/wallet/transfer/check/").content.decode()
    assert f"coins:user:{vera.pk} carries 700, its transfers add up to 100" in text


def test_balance_of_a_person_is_there_to_look_at(client, otto):
    vera = make_user("Vera", coins=1_200)
    url = f"/admin/people/user/{vera.pk}/change/"
    page = client.get(url)

    assert "coins: 1,200" in page.content.decode()

    client.post(url, {"name": "Vera", "avatar": "fox", "is_active": "on", "balances": "9", "reason": "A new picture"})
    assert coin_balance(vera) == 1_200
