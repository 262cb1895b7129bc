"""The books tell every row of money whose parties, rate, receiver, moment or cause doesn't follow from the others."""

import pytest
from django.apps import apps
from django.db import connection

from live.models import GiftTap, Settlement
from payouts.models import DiamondRate, Withdrawal
from tests.databases import without_triggers
from tests.factories import make_user, package_of
from tests.tampering import change, columns_of, delete, insert_like, make_world, pick, undone
from wallet.books import CHECKS, check_books
from wallet.models import Recharge
from wallet.recharges import confirm_recharge
from wallet.seals import sealed_rows_are_what_they_were

pytestmark = [pytest.mark.django_db, pytest.mark.spoils_books]

MONEY = {
    "wallet": [
        "Account", "AgeTerms", "Checkout", "CoinPackage", "CoinRate", "PackageOffer", "PackagePrice",
        "PaymentEvent", "Recharge", "RechargeStep", "RechargeTerms", "Seal", "Transfer",
    ],
    "live": [
        "ClosedDay", "GiftOffer", "GiftPrice", "GiftTap", "GifterTally", "LiveSession", "LiveTerms", "SessionTally",
        "Settlement", "StatementClosing", "StatementLine", "Supporter", "TapPlace",
    ],
    "payouts": [
        "DiamondRate", "PayoutAccount", "PayoutTerms", "ProviderReport", "Quote", "WeeklyAllowance", "Withdrawal",
        "WithdrawalApproval", "WithdrawalStep",
    ],
}  # fmt: skip
NO_MONEY = {
    "wallet": ["AgeDeclaration", "BooksCheck"],
    "live": [
        "AlertVariant", "Category", "ChangeAnnouncement", "Comment", "Creator", "CreatorWord", "Follow", "Gift",
        "JobRun", "LiveAnnouncement", "LiveWord", "Muted", "MutedWord", "Overlay", "Presence", "SpendingLimit",
        "TestGift", "Thanks",
    ],
    "payouts": ["PayoutService", "ProviderHour"],
}  # fmt: skip

KEY = "a number that the database gave the row; nothing refers to it"
SHOWN = "as the gift was shown then: its row may be renamed since, and this stays"
WORK = "where the work stands, not what moved: workers overwrite it, and totals are compared by our own id"
SEEN = "who was there when, which moves nothing"
OWN_WORDS = "what its owner calls it, or when they put it away; where the money goes is sealed"
ACT = "an operator may set one at any time, and stays once it is sealed; what was settled has its own number"
UNUSED = "nothing was held or sent because of it yet"
COUNTED = "a number of people, or what a provider says of its fees: it moves nothing"
TOLD = "a provider may say the same again, and only steps move money"
# Columns that no check can prove, with the reason. check_books() or the database must catch a change of any other.
UNPROVEN = {
    "wallet.Transfer.id": KEY,
    "wallet.AgeTerms inserted": ACT,
    "wallet.CoinPackage inserted": ACT,
    "wallet.CoinRate inserted": ACT,
    "wallet.PackageOffer inserted": ACT,
    "wallet.PackagePrice inserted": ACT,
    "wallet.PaymentEvent inserted": TOLD,
    "wallet.RechargeTerms inserted": ACT,
    **dict.fromkeys(
        [
            f"wallet.Checkout.{name}"
            for name in ("reference", "url", "state", "opened_at", "asked_at", "ask_now", "trouble", "attention")
        ],
        WORK,
    ),
    **dict.fromkeys([f"live.ClosedDay.{name}" for name in ("gifters", "new_people", "creators", "fee_cents")], COUNTED),
    "live.ClosedDay.id": KEY,
    "live.ClosedDay.made_at": "when the day was added up, which may be done anew at any time",
    "live.GiftOffer inserted": ACT,
    "live.GiftPrice inserted": ACT,
    "live.LiveTerms inserted": ACT,
    "live.GiftTap.name": SHOWN,
    "live.GiftTap.art": SHOWN,
    "live.LiveSession.creator_seen_at": SEEN,
    "live.LiveSession.peak_viewers": SEEN,
    "live.SessionTally.all_up_to": "from which id readers look: a lower one gives the same answers, more slowly",
    "live.GifterTally.id": KEY,
    "live.Supporter.id": KEY,
    "live.StatementLine.id": KEY,
    "live.StatementClosing.id": KEY,
    "live.StatementClosing.made_at": "when the months were added up, which may be done anew at any time",
    "payouts.DiamondRate inserted": ACT,
    "payouts.PayoutTerms inserted": ACT,
    **dict.fromkeys([f"payouts.PayoutAccount.{name}" for name in ("label", "look", "removed_at")], OWN_WORDS),
    "payouts.PayoutAccount inserted": UNUSED,
    "payouts.Quote inserted": UNUSED,
    "payouts.ProviderReport inserted": TOLD,
    "payouts.WeeklyAllowance.id": KEY,
    **dict.fromkeys(
        [
            f"payouts.Withdrawal.{name}"
            for name in (
                "provider_reference", "provider_item", "provider_status", "trouble", "attention", "attention_why",
                "taken_at", "first_sent_at", "ask_now",
            )
        ],
        WORK,
    ),
}  # fmt: skip


def tampered(sql, *values):
    """Return the discrepancies of a world that was changed past the triggers."""
    with undone(), without_triggers(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount > 0
        return check_books()


def is_told():
    """Return whether check_books() finds a discrepancy. The check of the seals reads the most, so it runs last."""
    in_order = sorted(CHECKS, key=lambda check: check is sealed_rows_are_what_they_were)
    return any(next(iter(check()), None) for check in in_order)


def test_every_model_is_a_table_of_money_or_is_not():
    for app, names in MONEY.items():
        assert sorted(names + NO_MONEY[app]) == sorted(
            model.__name__ for model in apps.get_app_config(app).get_models()
        )


def test_each_column_of_money_is_proven_and_so_is_that_a_row_is_there():
    make_world()
    unproven = set()
    for app, name in ((app, name) for app, names in MONEY.items() for name in names):
        model = apps.get_model(app, name)
        for field in columns_of(model):
            with undone():
                if change(model, field, pick(model, f"{name}.{field.name}")) and not is_told():
                    unproven.add(f"{app}.{name}.{field.name}")
        for how, act in (("deleted", delete), ("inserted", insert_like)):
            with undone():
                if act(model, pick(model, f"{name} {how}")) and not is_told():
                    unproven.add(f"{app}.{name} {how}")

    assert sorted(unproven - set(UNPROVEN)) == []
    assert sorted(set(UNPROVEN) - unproven) == []


def test_what_an_honest_world_came_to_is_right():
    make_world()

    assert check_books() == []


def test_money_that_went_to_somebody_else_is_told():
    """Each example of the report has its own sentence."""
    make_world()
    mallory = make_user("Mallory", coins=100)
    coins, diamonds = f"coins:user:{mallory.pk}", f"diamonds:user:{mallory.pk}"
    recharge = Recharge.objects.filter(status="confirmed").exclude(user=mallory).first()
    owner = f"coins:user:{recharge.user_id}"
    settlement = Settlement.objects.filter(points__gt=0).latest("settled_at")
    creator = settlement.session.creator_id
    tap = GiftTap.objects.first()

    assert (
        f"recharge {recharge.pk}: credit is {coins}, {owner} expected"
        in tampered("UPDATE wallet_transfer SET credit_id = %s WHERE reason = 'recharge' AND reference = %s",
                    coins, _key(recharge.pk))
    )  # fmt: skip
    assert (
        f"settle-diamonds {settlement.pk}: credit is {diamonds}, diamonds:user:{creator} expected"
        in tampered("UPDATE wallet_transfer SET credit_id = %s WHERE reason = 'settle-diamonds' AND reference = %s",
                    diamonds, _key(settlement.pk))
    )  # fmt: skip
    assert (
        f"gift {tap.tap_id}: debit is {coins}, coins:user:{tap.viewer_id} expected"
        in tampered("UPDATE wallet_transfer SET debit_id = %s WHERE reason = 'gift' AND reference = %s",
                    coins, _key(tap.tap_id))
    )  # fmt: skip
    assert (
        f"gift {tap.tap_id}: debit is coins:user:{tap.viewer_id}, {coins} expected"
        in tampered("UPDATE live_gifttap SET viewer_id = %s WHERE id = %s", mallory.pk, tap.pk)
    )  # fmt: skip


def test_rates_that_are_not_those_of_their_moment_are_told():
    make_world()
    settlement = Settlement.objects.latest("settled_at")
    withdrawal = Withdrawal.objects.filter(status="paid").earliest("requested_at")
    rate = DiamondRate.objects.earliest()

    assert any(
        said.startswith(f"session {settlement.pk} was settled at {settlement.rate_micros + 1} micros a diamond")
        for said in tampered("UPDATE live_settlement SET rate_micros = rate_micros + 1 WHERE session_id = %s",
                             _key(settlement.pk))
    )  # fmt: skip
    assert (
        f"withdrawal {withdrawal.pk}: rate_micros is 5501, 5500 expected"
        in tampered("UPDATE payouts_withdrawal SET rate_micros = 5501 WHERE id = %s", _key(withdrawal.pk))
    )  # fmt: skip
    assert tampered("UPDATE payouts_diamondrate SET micros = micros + 1 WHERE id = %s", rate.pk) != []


def test_a_recharge_that_was_invented_is_told():
    """1,000 coins for one cent, with steps and transfers that fit each other."""
    make_world()
    vera = make_user("Vera")
    invented = Recharge.objects.create(
        user=vera, package=package_of(1_000), coins=1_000, cents=1, provider="sandbox", method="card"
    )
    invented.steps.create(status="started", by=vera.email, why="", at=invented.started_at)

    with undone():
        confirm_recharge(invented.pk, payment_id="none", by="nobody")
        said = check_books()

    assert said == [
        f"recharge {invented.pk}: 1000 coins for 1 cents isn't what its package of 1000 coins was sold as",
        f"recharge {invented.pk}: paid without a payment event",
    ]


def test_a_recharge_that_nobody_paid_is_told():
    make_world()
    vera = make_user("Vera", coins=1_000)
    recharge = Recharge.objects.get(user=vera)

    said = tampered("DELETE FROM wallet_paymentevent WHERE about = %s", _key(recharge.pk))

    assert said == [f"recharge {recharge.pk}: paid without a payment event"]


def test_steps_that_are_missing_are_told():
    make_world()
    withdrawal = Withdrawal.objects.filter(status="paid").first()

    said = tampered(
        "DELETE FROM payouts_withdrawalstep WHERE status = 'paid' AND withdrawal_id = %s", _key(withdrawal.pk)
    )

    assert f"withdrawal {withdrawal.pk} is paid, its last step is sent" in said
    assert f"pay-out-cents {withdrawal.pk}: a transfer without a cause, of 6000" in " ".join(said)


def _key(uuid):
    return Recharge._meta.pk.get_db_prep_value(uuid, connection)
