"""Otto looks at coins and the books. No operator can edit a balance, a transfer or a recharge."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.factories import confirm, give_coins, make_recharge, make_user
from tests.operator import errors_of, latest_history, make_limited_operator, make_operator
from wallet.coins import coin_balance
from wallet.models import Account, CoinPackage, CoinRate, PackagePrice, PaymentEvent, Recharge, Transfer
from wallet.packages import offered_packages, priced_packages, retire_package

pytestmark = pytest.mark.django_db
READ_ONLY = [Account, Transfer, Recharge, PaymentEvent]


def address(row, page="change"):
    key = str(row.pk).replace(":", "_3A") if isinstance(row, Account) else row.pk
    return f"/admin/wallet/{row._meta.model_name}/{key}/{page}/"


# --- Access -------------------------------------------------------------------------------------


@pytest.mark.once
def test_nobody_is_sent_to_our_log_in_and_back(client):
    response = client.get("/admin/", follow=True)
    assert [status for _, status in response.redirect_chain] == [302, 302]
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


@pytest.mark.once
def test_viewer_is_kept_out(client):
    client.force_login(make_user("Mallory"))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/wallet/transfer/", follow=True).status_code == 403


@pytest.mark.once
def test_password_alone_does_not_open_the_admin_to_somebody_with_a_second_factor(client):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    otto = make_operator()
    TOTP.activate(otto, generate_totp_secret())
    response = client.post("/accounts/login/?next=/admin/", {"login": otto.email, "password": "ovation"})
    assert response.status_code == 302
    assert "/accounts/2fa/authenticate/" in response["Location"]
    assert client.get("/admin/").status_code == 302


@pytest.mark.once
def test_front_page_has_our_name_and_no_inline_code(client, otto):
    response = client.get("/admin/")
    text = response.content.decode()
    assert "Ovation" in text
    assert "css/admin.css" in text
    assert "style=" not in text
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]


@pytest.mark.once
def test_limited_operator_sees_only_what_the_permission_allows(client):
    client.force_login(make_limited_operator("wallet.view_recharge"))
    text = client.get("/admin/").content.decode()
    assert "/admin/wallet/recharge/" in text
    assert "/admin/wallet/transfer/" not in text
    assert client.get("/admin/wallet/transfer/").status_code == 403
    assert client.get("/admin/wallet/transfer/check/").status_code == 403


# --- The books ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", READ_ONLY)
def test_books_can_be_looked_at_and_not_touched(client, otto, model):
    confirm(make_recharge(make_user("Vera")))
    row = model.objects.exclude(pk__startswith="house").first() if model is Account else model.objects.first()
    name = model._meta.model_name
    assert client.get(address(row)).status_code == 200
    assert client.get(f"/admin/wallet/{name}/add/").status_code == 403
    assert client.post(f"/admin/wallet/{name}/add/", {}).status_code == 403
    assert client.post(address(row), {"amount": 1, "balance": 1, "coins": 1}).status_code == 403
    assert client.post(address(row, "delete"), {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/wallet/{name}/", {"action": "delete_selected", "_selected_action": row.pk}).status_code
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
        assert client.get(f"/admin/wallet/{name}/").status_code == 200


@pytest.mark.parametrize("name", ["account", "transfer", "recharge", "paymentevent", "coinpackage"])
def test_every_list_can_be_searched_with_anything(client, otto, name):
    for term in ("coins", "00000000-0000-4000-8000-000000000000", "\x00", "x" * 3_000, "a:\x00", "vera@example.com"):
        assert client.get(f"/admin/wallet/{name}/", {"q": term}).status_code in (200, 302)


def test_checking_the_books_says_that_they_are_right(client, otto):
    make_user("Vera", coins=100)
    assert "The books are right" not in client.get("/admin/wallet/transfer/check/").content.decode()
    assert "The books are right." in client.post("/admin/wallet/transfer/check/").content.decode()


@pytest.mark.spoils_books
def test_checking_the_books_names_each_discrepancy(client, otto):
    vera = make_user("Vera", coins=100)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wallet_account SET balance = 700 WHERE name = %s", [f"coins:user:{vera.pk}"])
    text = client.post("/admin/wallet/transfer/check/").content.decode()
    assert f"coins:user:{vera.pk} carries 700, its transfers add up to 100" in text


# --- Packages and the coin's rate ---------------------------------------------------------------


def save_package(client, **changes):
    form = dict.fromkeys(("new_cents", "new_from_0", "new_from_1", "retired_at_0", "retired_at_1", "reason"), "")
    form |= {"prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0, **changes}
    return client.post(address(CoinPackage.objects.get(coins=100)), form)


def price_now():
    return priced_packages().get(coins=100).cents


def test_package_changes_its_price_with_a_reason_and_what_was_sold_stays(client, otto):
    recharge = make_recharge(make_user("Vera"))
    assert errors_of(save_package(client, new_cents="120"))["reason"] == ["Say why. Nothing was saved."]
    assert save_package(client, new_cents="120", reason="Card fees rose", by_name="on").status_code == 302
    recharge.refresh_from_db()
    assert (price_now(), recharge.cents) == (120, 100)
    who, what = latest_history()
    assert who == "Otto"
    assert re.fullmatch(r"Price: 120 cents from .* UTC\. Reason: Card fees rose", what)
    price = PackagePrice.objects.at()
    assert (price.cents, price.set_by, price.reason_given, price.author) == (120, otto, "Card fees rose", "Otto")


@pytest.mark.once
@pytest.mark.parametrize("cents", ["0", "-1", "1000001", "٣", "1.5", str(2**63)])
def test_impossible_package_is_refused(client, otto, cents):
    assert "new_cents" in errors_of(save_package(client, new_cents=cents, reason="A slip"))
    assert price_now() == 100


def test_price_that_changes_by_more_than_half_asks_and_one_to_come_can_be_withdrawn(client, otto):
    far = timezone.now() + timedelta(days=400)
    later = {"new_cents": "151", "new_from_0": f"{far:%Y-%m-%d}", "new_from_1": "10:00", "reason": "Card fees rose"}
    assert "confirmed" in errors_of(save_package(client, **later))
    assert save_package(client, **later, confirmed="100-151").status_code == 302
    assert price_now() == 100
    announced = PackagePrice.objects.first()
    assert "$1.51 from" in client.get("/admin/wallet/coinpackage/").content.decode()
    assert client.post(address(announced), {"cents": "1"}).status_code == 403
    assert client.post(address(announced, "delete"), {"post": "yes", "reason": "Not now"}).status_code == 302
    assert not PackagePrice.objects.filter(pk=announced.pk).exists()


def test_package_is_retired_at_once_and_offered_again_with_date_reason_and_author(client, otto):
    now = timezone.now()
    at_once = {"retired_at_0": f"{now:%Y-%m-%d}", "retired_at_1": f"{now:%H:%M}"}
    assert errors_of(save_package(client, **at_once))["reason"] == ["Say why. Nothing was saved."]
    assert save_package(client, **at_once, reason="Nobody buys it").status_code == 302
    package = CoinPackage.objects.get(coins=100)
    assert not offered_packages().filter(pk=package.pk).exists()
    row = package.offers.get()
    assert (row.is_offered, row.set_by, row.reason_given, row.author) == (
        False,
        otto,
        "Nobody buys it",
        "an operator",
    )
    assert now <= row.starts_at <= timezone.now()
    assert "no longer offered. Nobody buys it (an operator)" in client.get(address(package)).content.decode()

    assert save_package(client, reason="Asked for", by_name="on").status_code == 302
    assert offered_packages().filter(pk=package.pk).exists()
    assert [(row.is_offered, row.author) for row in package.offers.all()] == [(True, "Otto"), (False, "an operator")]


def test_saving_another_change_leaves_a_retirement_as_it_is(client, otto):
    package = CoinPackage.objects.get(coins=100)
    moment = timezone.now()
    retire_package(package, moment, by=otto, reason="Nobody buys it")
    kept = {"retired_at_0": f"{moment:%Y-%m-%d}", "retired_at_1": f"{moment:%H:%M:%S}"}
    assert save_package(client, **kept, new_cents="120", reason="Card fees rose").status_code == 302
    assert package.offers.get().starts_at == moment


def test_coins_of_a_package_never_change(client, otto):
    save_package(client, coins="50", new_cents="120", reason="A slip")
    assert CoinPackage.objects.get(slug="coins-100").coins == 100


def test_new_package_starts_with_a_price(client, otto):
    form = {"slug": "coins-250", "coins": "250", "prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0, "reason": "Asked"}
    assert "new_cents" in errors_of(client.post("/admin/wallet/coinpackage/add/", form))
    assert client.post("/admin/wallet/coinpackage/add/", {**form, "new_cents": "250"}).status_code == 302
    assert offered_packages().get(coins=250).cents == 250


def test_database_keeps_a_price_that_counts(otto):
    price = PackagePrice.objects.first()
    for change in (lambda: PackagePrice.objects.update(cents=1), price.delete):
        with pytest.raises(DatabaseError, match="a row that counts stays as it is"), transaction.atomic():
            change()


def test_coin_rate_is_announced_and_never_edited(client, otto):
    form = {"micros": "12000", "starts_at_0": "", "starts_at_1": "", "reason_given": "Card fees rose"}
    response = client.post("/admin/wallet/coinrate/add/", form, follow=True)
    assert "A coin will cost $0.012 instead of $0.01" in response.content.decode()
    rate = CoinRate.objects.at()
    assert (rate.micros, rate.set_by) == (12_000, otto)
    assert client.post(address(rate), form).status_code == 403
    assert client.post(address(rate, "delete"), {"post": "yes", "reason": "x"}).status_code == 403


def test_balance_of_a_person_is_there_to_look_at(client, otto):
    vera = make_user("Vera", coins=1_200)
    url = f"/admin/people/user/{vera.pk}/change/"
    assert "coins: 1,200" in client.get(url).content.decode()
    client.post(url, {"name": "Vera", "avatar": "fox", "is_active": "on", "balances": "9", "reason": "A new picture"})
    assert coin_balance(vera) == 1_200
