"""Prices of packages and retirements as they were before they became dated rows, and back again."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from live.models import Gift, GiftOffer
from tests.factories import make_recharge, make_user
from wallet.models import CoinPackage, PackageOffer, PackagePrice
from wallet.packages import offered_packages, retire_package, set_package_price

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("wallet", "0002_promises_and_start"), ("live", "0014_places")]


def test_new_site_has_its_prices_since_the_start():
    rows = PackagePrice.objects.order_by("cents").values_list("cents", "starts_at__year", "reason_given")

    assert list(rows) == [(cents, 2025, "One coin is one cent.") for cents in (100, 500, 1000, 2500, 5000, 10000)]
    assert not PackageOffer.objects.exists()


def test_site_that_has_sold_keeps_its_numbers_dated_from_the_move_and_gets_them_back():
    make_recharge(make_user())
    small = CoinPackage.objects.get(coins=100)
    set_package_price(small, 120, by=None, reason="Card fees rose")
    retire_package(CoinPackage.objects.get(coins=500), timezone.now(), by=None, reason="Nobody bought it")
    retired_at = timezone.now()
    Gift.objects.filter(slug="panda").update(retired_at=retired_at)

    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    old = executor.loader.project_state(BEFORE).apps.get_model("wallet", "CoinPackage")
    undated = list(old.objects.order_by("coins").values_list("coins", "cents", "is_offered"))[:3]
    moment = timezone.now()
    call_command("migrate", verbosity=0)

    assert undated == [(100, 120, True), (500, 500, False), (1000, 1000, True)]
    assert [(one.coins, one.cents) for one in offered_packages()][:2] == [(100, 120), (1000, 1000)]
    price = PackagePrice.objects.get(package=small)
    assert (price.reason_given, price.author) == ("In force when prices of packages became public.", "Ovation")
    assert price.starts_at >= moment
    assert GiftOffer.objects.get().starts_at == retired_at
