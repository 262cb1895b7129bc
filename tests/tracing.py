"""Lots held against the books: of every person with coins, and of every creator with diamonds."""

from django.db.models import Sum

from live.tracing.chains import ends_of_given
from live.tracing.purchases import follow_recharge
from live.tracing.withdrawals import follow_withdrawal, follow_withdrawal_in
from payouts.diamonds import diamond_balance, diamonds_of
from payouts.models import Withdrawal
from wallet.accounts import COINS_ISSUANCE
from wallet.coins import coin_balance, coins_of
from wallet.lots import follow_lot, lots_of
from wallet.models import Account, Reason, Recharge, Transfer
from wallet.replay import replay_of


def assert_lots_are_the_books():
    """Assert that all lots and their parts add up to balances, recharges, lives and withdrawals."""
    of_lives = {}
    for account in Account.objects.filter(name__startswith="coins:user:").select_related("owner"):
        assert_parts_are_the_lots(account.owner, of_lives)
    assert {name: coins for name, coins in of_lives.items() if coins} == given_in_lives()
    for account in Account.objects.filter(name__startswith="diamonds:user:").select_related("owner"):
        assert_diamonds_are_the_lots(account.owner)


def assert_parts_are_the_lots(user, of_lives):
    lots = lots_of(user)
    assert sum(lot.unspent for lot in lots) == coin_balance(user)
    assert moved(credit=coins_of(user)) - moved(debit=coins_of(user)) == coin_balance(user)
    for lot in lots:
        assert lot.coins == lot.recharge.coins
        _, parts = follow_lot(lot.recharge)
        standing = [part for part in parts if not part.is_undone]
        spent = [part for part in standing if part.account != COINS_ISSUANCE.name]
        back = [part for part in standing if part.account == COINS_ISSUANCE.name]
        assert (lot.spent, lot.given_back) == (sum(part.units for part in spent), sum(part.units for part in back))
        assert lot.spent_micros == sum(lot.micros_of(part) for part in spent)
        assert lot.spent_micros + lot.given_back_micros + lot.unspent_micros == lot.recharge.cents * 10_000
        assert no_unit_is_in_two(standing)
        for part in spent:
            of_lives[part.account] = of_lives.get(part.account, 0) + part.units


def assert_diamonds_are_the_lots(user):
    replay = replay_of(diamonds_of(user))
    parts = [part for part in replay if not part.is_undone]
    assert sum(one.units for source in replay.unspent for one in source) == diamond_balance(user)
    assert sum(source.units for source in replay.sources) == moved(credit=diamonds_of(user), reason="settle-diamonds")
    assert no_unit_is_in_two(parts)
    taken = {}
    for part in parts:
        taken[part.transfer_id] = taken.get(part.transfer_id, 0) + part.units
    references = dict(Transfer.objects.filter(pk__in=taken).values_list("pk", "reference"))
    withdrawals = {one.pk: one.diamonds for one in user.withdrawals.filter(status__in=["requested", "sent", "paid"])}
    assert {references[pk]: units for pk, units in taken.items()} == withdrawals


def assert_chains_are_the_withdrawals():
    """Assert that the diamonds of all recharges end in withdrawals as many as each took, and in balances."""
    ended, left, gifts = {}, 0, {}
    for recharge in Recharge.objects.filter(status="confirmed").select_related("user"):
        given = list(follow_recharge(recharge, None).page.object_list)
        for ends in ends_of_given(recharge.user, given).values():
            for end in ends:
                assert not end.is_taken_back
                if end.withdrawal:
                    ended[end.withdrawal.pk] = ended.get(end.withdrawal.pk, 0) + end.diamonds
                else:
                    left += end.diamonds
    standing = Withdrawal.objects.filter(status__in=["requested", "sent", "paid"]).select_related("creator")
    for withdrawal in standing:
        for taken in follow_withdrawal(withdrawal, None).object_list:
            _, found, _ = follow_withdrawal_in(withdrawal, taken.session.pk, 0, 1_000)
            gifts[withdrawal.pk] = gifts.get(withdrawal.pk, 0) + sum(gift.diamonds for gift in found)
    assert ended == gifts == {withdrawal.pk: withdrawal.diamonds for withdrawal in standing}
    diamonds = Account.objects.filter(name__startswith="diamonds:user:")
    assert left == (diamonds.aggregate(sum=Sum("balance"))["sum"] or 0)


def no_unit_is_in_two(parts):
    """Return whether no two parts of a source overlap."""
    ends = {}
    for part in sorted(parts, key=lambda part: (part.source, part.first)):
        if part.first < ends.get(part.source, 0):
            return False
        ends[part.source] = part.first + part.units
    return True


def given_in_lives():
    """Return {points account: coins that were given in the live and not taken back}."""
    given = {}
    for transfer in Transfer.objects.filter(reason=Reason.GIFT):
        name, sign = (transfer.debit_id, -1) if transfer.debit_id.startswith("points:") else (transfer.credit_id, 1)
        given[name] = given.get(name, 0) + sign * transfer.amount
    return {name: coins for name, coins in given.items() if coins}


def moved(**which):
    return Transfer.objects.filter(**which).aggregate(sum=Sum("amount", default=0))["sum"]
