"""Triggers that keep the books, the house accounts, and the numbers a new site starts with."""

from datetime import UTC, datetime

from django.db import migrations

from wallet import triggers

START = datetime(2025, 1, 1, tzinfo=UTC)

HOUSE = {
    "coins:issuance": "coin",
    "coins:redeemed": "coin",
    "diamonds:issuance": "diamond",
    "diamonds:redeemed": "diamond",
    "cents:viewers": "cent",
    "cents:platform": "cent",
    "cents:creators": "cent",
}
# Coins and cents, all at the face value of one cent a coin.
PACKAGES = [(100, 100), (500, 500), (1_000, 1_000), (2_500, 2_500), (5_000, 5_000), (10_000, 10_000)]


def start(apps, schema_editor):
    account = apps.get_model("wallet", "Account")
    for name, unit in HOUSE.items():
        account.objects.get_or_create(name=name, defaults={"unit": unit, "kind": "house"})
    package = apps.get_model("wallet", "CoinPackage")
    for coins, cents in PACKAGES:
        package.objects.get_or_create(slug=f"coins-{coins}", defaults={"coins": coins, "cents": cents})
    apps.get_model("wallet", "CoinRate").objects.get_or_create(
        starts_at=START, defaults={"micros": 10_000, "reason_given": "One coin is one cent."}
    )


class Migration(migrations.Migration):
    dependencies = [("wallet", "0001_initial")]

    operations = [
        triggers.append_only("wallet_transfer"),
        triggers.same_unit(),
        triggers.dated_rows_stay("wallet_coinrate"),
        migrations.RunPython(start, migrations.RunPython.noop),
    ]
