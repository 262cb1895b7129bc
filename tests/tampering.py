"""A site with every kind of row about money, and functions that change one of them past the triggers."""

import random
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import time_machine
from django.db import IntegrityError, connection, models, transaction
from django.test import override_settings
from django.utils import timezone

from live.desk.days import close_days
from live.feed.cursors import LARGEST_ID
from live.models import Gift, GiftOffer, GiftPrice, GiftTap, LiveSession
from live.sessions.sessions import end_session
from live.statements.closed import close_months
from payouts.models import DiamondRate, PayoutTerms, Quote
from payouts.withdrawals.approvals import approve_withdrawal
from payouts.withdrawals.sending import send_withdrawals
from payouts.withdrawals.withdrawals import cancel_withdrawal, quote
from tests.databases import without_triggers
from tests.factories import confirm, make_creator, make_payout_account, make_recharge, make_session, make_user, tap
from tests.operator import make_operator
from tests.payouts.earning import earn, nobody_needs_followers, withdraw
from wallet.dated import DatedRow
from wallet.models import CoinRate, RechargeTerms
from wallet.recharges import decide_in_sandbox, fail_abandoned_recharges, start_recharge
from wallet.seals import seal_rows


def make_world():
    """Make three months in which every kind of transfer happens at least twice."""
    with time_machine.travel("2026-09-07 10:00Z", tick=True):
        nobody_needs_followers()
        _recharges()
        _hosted_recharge()
        cleo, nova = make_creator("Cleo", followers=0), make_creator("Nova", followers=0)
        earn(cleo, 120_000)
        earn(nova, 60_000)
    with time_machine.travel("2026-10-05 10:00Z", tick=True):
        _numbers_change()
    with time_machine.travel("2026-10-06 10:00Z", tick=True):
        _give(make_session(cleo))
        _give(make_session(nova), ends=True)
        end_session(make_session(nova), by="creator")
    with time_machine.travel("2026-10-07 10:00Z", tick=True):
        _withdraw(cleo.user, ("paid", "fail", "returned", "cancelled"))
        _withdraw(nova.user, ("paid", "returned"))
    with time_machine.travel("2026-11-10 10:00Z", tick=True):
        end_session(cleo.sessions.get(ended_at=None), by="creator")
        _give(make_session(cleo))
        close_months()
        close_days()
        make_recharge(make_user("Vito"))
        _withdraw_with_approval(cleo.user)
        withdraw(nova.user, 100_00, receiver="slow@example.com")
        send_withdrawals()
        quote(creator=nova.user, account=make_payout_account(nova.user, receiver="later@example.com"), cents=100_00)
        seal_rows()


def _recharges():
    vera, vito = make_user("Vera", coins=1_000), make_user("Vito", coins=500)
    decide_in_sandbox(make_recharge(vera), "declined")
    decide_in_sandbox(make_recharge(vito), "paid")
    exact = start_recharge(user=vito, package=None, exact_coins=380, method="card", recharge_id=uuid4())
    decide_in_sandbox(exact, "paid")
    late = make_recharge(vito, now=timezone.now() - timedelta(hours=3))
    fail_abandoned_recharges()
    confirm(late)
    make_recharge(vera, now=timezone.now() - timedelta(hours=3))
    fail_abandoned_recharges()


def _hosted_recharge():
    """Start a recharge whose checkout is on the provider's site; nobody pays it."""
    with override_settings(PAYMENT_PROVIDER="stripe"):
        make_recharge(make_user("Vilma"))


def _numbers_change():
    """Each dated number has a second row from now on, and a third that nothing has happened under."""
    now = timezone.now()
    for days in (0, 300):
        starts_at, why = now + timedelta(days=days), "For the books"
        DiamondRate.objects.create(micros=5_500 + days, starts_at=starts_at, reason_given=why)
        RechargeTerms.objects.create(
            exact_from_coins=200 + days, exact_to_coins=9_000, starts_at=starts_at, reason_given=why
        )
        CoinRate.objects.create(micros=11_000 + days, starts_at=starts_at, reason_given=why)
        GiftPrice.objects.create(gift=Gift.objects.get(slug="panda"), coins=6, starts_at=starts_at, reason_given=why)
        gift = Gift.objects.get(slug="skyline")
        GiftOffer.objects.create(gift=gift, is_offered=days > 0, starts_at=starts_at, reason_given=why)
        PayoutTerms.objects.create(
            minimum_cents=50_00, weekly_cents=900_00, approval_cents=None, starts_at=starts_at, reason_given=why
        )


def _give(session, *, ends=False):
    """Let one person give by name, and one as Somebody."""
    by_name, somebody = make_user("Yara", coins=500), make_user("Zoe", coins=500)
    somebody.is_somebody = True
    somebody.save()
    for viewer in (by_name, somebody):
        tap(viewer, session, gift_slug="panda", quantity=3)
        tap(viewer, session, gift_slug="encore")
    if ends:
        end_session(session, by="creator")


def _withdraw(user, ways):
    for way in ways:
        one = withdraw(user, 60_00, receiver=f"{way}@example.com")
        if way == "cancelled":
            cancel_withdrawal(one, by=user.email)
    for seconds in (0, 60):
        send_withdrawals(now=timezone.now() + timedelta(seconds=seconds))


def _withdraw_with_approval(user):
    otto = make_operator()
    PayoutTerms.objects.create(
        minimum_cents=50_00, weekly_cents=900_00, approval_cents=80_00, starts_at=timezone.now(), reason_given="Look"
    )
    approve_withdrawal(withdraw(user, 90_00), by=otto, why="Looked at")
    withdraw(user, 95_00)
    send_withdrawals()


# --- Tampering ------------------------------------------------------------------------------------


@contextmanager
def undone():
    """Roll back all changes of the block."""
    with transaction.atomic():
        savepoint = transaction.savepoint()
        try:
            yield
        finally:
            transaction.savepoint_rollback(savepoint)


def columns_of(model):
    return [field for field in model._meta.concrete_fields if field.column]


def pick(model, name):
    """Return the values of a pseudo-random row: the same in each run, another one for each name.

    Some rows may still be taken back, or aren't counted yet, and so nothing follows from them: those are left out.
    """
    rows = model.objects.all()
    if issubclass(model, DatedRow):
        rows = model.objects.started()
    if model is Quote:
        rows = rows.exclude(withdrawal=None)
    if model is GiftTap:
        rows = rows.exclude(session__ended_at=None)
    if model is LiveSession:
        rows = rows.exclude(ended_at=None)
    # Ids that are UUIDs come in another order each time, moments don't.
    moments = [field.name for field in columns_of(model) if isinstance(field, models.DateTimeField) and not field.null]
    order = moments[:1] if isinstance(model._meta.pk, models.UUIDField) else ["pk"]
    return random.Random(name).choice(list(rows.order_by(*order).values()))


def change(model, field, row):
    """Give one column of the row another value; return whether the database accepts it."""
    value = other_value(field, row[field.attname])
    return _run(
        f'UPDATE {model._meta.db_table} SET "{field.column}" = %s WHERE "{model._meta.pk.column}" = %s',
        [field.get_db_prep_save(value, connection), _prepared(model._meta.pk, row[model._meta.pk.attname])],
    )


def delete(model, row):
    """Delete the row; return whether the database accepts it."""
    pk = model._meta.pk
    return _run(f'DELETE FROM {model._meta.db_table} WHERE "{pk.column}" = %s', [_prepared(pk, row[pk.attname])])


def insert_like(model, row):
    """Put in a row like this one, with another key, and other values where each is unique; say whether that can be."""
    fields = columns_of(model)
    keys = {model._meta.pk.attname}
    uniques = [{field.attname} for field in fields if field.unique] + [
        {model._meta.get_field(name).attname for name in constraint.fields[-1:]}
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    ]
    everything = keys.union(*uniques)
    names, places = ", ".join(f'"{field.column}"' for field in fields), ", ".join("%s" for _ in fields)
    for others in (keys, everything):
        values = [
            _prepared(field, other_value(field, row[field.attname]) if field.attname in others else row[field.attname])
            for field in fields
        ]
        with transaction.atomic():
            savepoint = transaction.savepoint()
            if _run(f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})", values):
                return True
            transaction.savepoint_rollback(savepoint)
    return False


def _run(query, values):
    try:
        with transaction.atomic(), without_triggers(connection), connection.cursor() as cursor:
            cursor.execute(query, values)
    except IntegrityError:
        return False
    return True


def _prepared(field, value):
    return field.get_db_prep_save(value, connection)


def other_value(field, value):
    """Return another value that the column may hold."""
    if field.remote_field:
        return _other_row(field, value)
    if field.primary_key and isinstance(field, models.IntegerField):
        return field.model.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1_000
    if field.choices:
        return next(choice for choice, _ in field.choices if choice != value)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.UUIDField):
        return uuid4()
    if isinstance(field, models.DateTimeField):
        return (value or timezone.now()) + timedelta(days=1)
    if isinstance(field, models.DateField):
        return value + timedelta(days=7)
    if isinstance(field, models.IntegerField):
        return value - 1 if value == LARGEST_ID else (value or 0) + 1
    return f"{value or ''}x"[-(field.max_length or 80) :]


def _other_row(field, value):
    rows = field.remote_field.model.objects.order_by("pk").exclude(pk=value)
    return rows.values_list("pk", flat=True).first()
