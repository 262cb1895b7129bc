"""Otto sets prices of packages, retires them, and announces the coin's rate."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from tests.factories import make_recharge, make_user
from tests.operator import address, errors_of, latest_history, save_shown
from wallet.models import CoinPackage, CoinRate, PackagePrice
from wallet.packages import offered_packages, priced_packages, retire_package

pytestmark = pytest.mark.django_db


def save_package(client, **changes):
    form = dict.fromkeys(("new_cents", "new_from_0", "new_from_1", "retired_at_0", "retired_at_1", "reason"), "")
    form |= {"prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0, **changes}
    return save_shown(client, address(CoinPackage.objects.get(coins=100)), form)


def price_now():
    return priced_packages().get(coins=100).cents


def test_package_changes_its_price_with_a_reason_and_what_was_sold_stays(client, otto):
    recharge = make_recharge(make_user("Vera"))
    answer = save_package(client, new_cents="1.20")

    assert errors_of(answer)["reason"] == ["Say why. Nothing was saved."]

    answer = save_package(client, new_cents="1.20", reason="Card fees rose", by_name="on")

    assert answer.status_code == 302

    recharge.refresh_from_db()
    assert (price_now(), recharge.cents) == (120, 100)
    who, what = latest_history()
    assert who == "Otto"
    assert re.fullmatch(r"Price: \$1.00 → \$1.20 from .* UTC\. Reason: Card fees rose", what)
    price = PackagePrice.objects.at()
    assert (price.cents, price.set_by, price.reason_given, price.author) == (120, otto, "Card fees rose", "Otto")


@pytest.mark.once
@pytest.mark.parametrize("cents", ["0", "-1", "10000.01", "٣", "1.505", str(2**63)])
def test_impossible_package_is_refused(client, otto, cents):
    answer = save_package(client, new_cents=cents, reason="A slip")

    assert "new_cents" in errors_of(answer)
    assert price_now() == 100


def test_price_that_changes_by_more_than_half_asks_and_one_to_come_can_be_withdrawn(client, otto):
    far = timezone.now() + timedelta(days=400)
    later = {"new_cents": "1.51", "new_from_0": f"{far:%Y-%m-%d}", "new_from_1": "10:00", "reason": "Card fees rose"}
    answer = save_package(client, **later)

    assert "confirmed" in errors_of(answer)

    answer = save_package(client, **later, confirmed="100-151")

    assert answer.status_code == 302
    assert price_now() == 100
    announced = PackagePrice.objects.first()
    page = client.get("/admin/wallet/coinpackage/")

    assert "$1.51 from" in page.content.decode()

    statuses = [
        client.post(address(announced), {"cents": "1"}).status_code,
        client.post(address(announced, "delete"), {"post": "yes", "reason": "Not now"}).status_code,
    ]

    assert statuses == [403, 302]
    assert not PackagePrice.objects.filter(pk=announced.pk).exists()


def test_package_is_retired_at_once_and_offered_again_with_date_reason_and_author(client, otto):
    now = timezone.now()
    at_once = {"retired_at_0": f"{now:%Y-%m-%d}", "retired_at_1": f"{now:%H:%M}"}
    answer = save_package(client, **at_once)

    assert errors_of(answer)["reason"] == ["Say why. Nothing was saved."]

    answer = save_package(client, **at_once, reason="Nobody buys it")

    assert answer.status_code == 302

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

    page = client.get(address(package))

    assert "no longer offered. Nobody buys it (an operator)" in page.content.decode()

    answer = save_package(client, reason="Asked for", by_name="on")

    assert answer.status_code == 302
    assert offered_packages().filter(pk=package.pk).exists()
    assert [(row.is_offered, row.author) for row in package.offers.all()] == [(True, "Otto"), (False, "an operator")]


def test_saving_another_change_leaves_a_retirement_as_it_is(client, otto):
    package = CoinPackage.objects.get(coins=100)
    moment = timezone.now()
    retire_package(package, moment, by=otto, reason="Nobody buys it")
    kept = {"retired_at_0": f"{moment:%Y-%m-%d}", "retired_at_1": f"{moment:%H:%M:%S}"}
    answer = save_package(client, **kept, new_cents="1.20", reason="Card fees rose")

    assert answer.status_code == 302
    assert package.offers.get().starts_at == moment


def test_coins_of_a_package_never_change(client, otto):
    save_package(client, coins="50", new_cents="1.20", reason="A slip")
    assert CoinPackage.objects.get(slug="coins-100").coins == 100


def test_new_package_starts_with_a_price(client, otto):
    form = {"slug": "coins-250", "coins": "250", "prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0, "reason": "Asked"}
    answer = save_shown(client, "/admin/wallet/coinpackage/add/", form)

    assert "new_cents" in errors_of(answer)

    answer = save_shown(client, "/admin/wallet/coinpackage/add/", {**form, "new_cents": "2.50"})

    assert answer.status_code == 302
    assert offered_packages().get(coins=250).cents == 250


def test_new_package_of_more_than_half_above_face_value_asks_for_a_tick(client, otto):
    form = {"slug": "coins-777", "coins": "777", "prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0, "reason": "Asked"}

    asked = save_shown(client, "/admin/wallet/coinpackage/add/", {**form, "new_cents": "1,000.50"})
    ticked = {**form, "new_cents": "1,000.50", "confirmed": "777-100050"}
    answer = save_shown(client, "/admin/wallet/coinpackage/add/", ticked)

    assert errors_of(asked) == {"confirmed": ["That is more than half above face value. Tick the box if it is meant."]}
    assert "Yes: $1,000.50 for coins of $7.77 at face value" in asked.text
    assert answer.status_code == 302
    assert offered_packages().get(coins=777).cents == 100_050


def test_database_keeps_a_price_that_counts(otto):
    price = PackagePrice.objects.first()
    for change in (lambda: PackagePrice.objects.update(cents=1), price.delete):
        with pytest.raises(DatabaseError, match="a row that counts stays as it is"), transaction.atomic():
            change()


def test_coin_rate_is_announced_and_never_edited(client, otto):
    form = {"micros": "$0.012", "starts_at_0": "", "starts_at_1": "", "reason_given": "Card fees rose"}
    response = save_shown(client, "/admin/wallet/coinrate/add/", form, follow=True)
    assert "A coin will cost $0.012 instead of $0.01" in response.content.decode()
    rate = CoinRate.objects.at()
    assert (rate.micros, rate.set_by) == (12_000, otto)

    statuses = [
        client.post(address(rate), form).status_code,
        client.post(address(rate, "delete"), {"post": "yes", "reason": "x"}).status_code,
    ]

    assert statuses == [403, 403]
