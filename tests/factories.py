"""The cast and their belongings, made by the product's own verbs. Functions with keyword arguments."""

import itertools
from datetime import UTC, datetime
from uuid import uuid4

from django.db import connection

from live.demo.cast import declare_if_asked
from live.gifts.catalog import catalog
from live.gifts.taps import tap_gift
from live.models import Creator
from live.sessions.sessions import start_session
from payouts.models import PayoutAccount, PayoutService
from payouts.models.accounts import masked
from people.models import User
from wallet.gateways.sandbox import gateway
from wallet.models import CoinPackage, Recharge, RechargeStep
from wallet.recharges import receive_message, start_recharge

numbers = itertools.count(1)
PASSWORD = "ovation"
NOT_SOLD = "given-"  # how the slug of a package begins that is there for give_coins() alone


def make_user(name="Vera", *, coins=0, declared=True, **fields):
    """Make a user who can log in with PASSWORD, and has declared their age; coins come from one recharge."""
    fields.setdefault("email", f"{name.lower()}-{next(numbers)}@example.com")
    user = User.objects.create_user(password=PASSWORD, name=name, **fields)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    if declared:
        declare_if_asked(user)
    give_coins(user, coins)
    return user


def give_coins(user, coins):
    """Credit exactly that many coins, from one paid recharge of that size."""
    if coins:
        recharge = Recharge.objects.create(
            user=user, package=_package_not_offered(coins), coins=coins, cents=coins, provider="sandbox", method="card"
        )
        RechargeStep.objects.create(
            recharge=recharge, status=recharge.status, by=user.email[:40], why="For tests", at=recharge.started_at
        )
        confirm(recharge)


def _package_not_offered(coins):
    """Return a package that no page shows: people are given amounts that aren't sold."""
    package, is_new = CoinPackage.objects.get_or_create(slug=f"{NOT_SOLD}{coins}", defaults={"coins": coins})
    if is_new:
        long_ago = {"starts_at": datetime(2025, 1, 1, tzinfo=UTC), "reason_given": "For tests."}
        package.prices.create(cents=coins, **long_ago)
        package.offers.create(is_offered=False, **long_ago)
    return package


def package_of(coins):
    """Return the package of so many coins, which costs as many cents since long ago."""
    sold = CoinPackage.objects.exclude(slug__startswith=NOT_SOLD)
    package, is_new = sold.get_or_create(coins=coins, defaults={"slug": f"coins-{coins}"})
    if is_new:
        package.prices.create(cents=coins, starts_at=datetime(2025, 1, 1, tzinfo=UTC), reason_given="For tests.")
    return package


def make_recharge(user, *, package=None, method="card", recharge_id=None, now=None):
    return start_recharge(
        user=user, package=package or package_of(100), method=method, recharge_id=recharge_id or uuid4(), now=now
    )


def confirm(recharge):
    """Deliver the sandbox provider's message that the recharge was paid."""
    headers, body = gateway.decide(recharge, "paid")
    return receive_message("sandbox", headers, body)


def make_creator(name="Cleo", *, followers=1_000, user=None):
    """Make a creator with that many followers."""
    user = user or make_user(name)
    creator = Creator.objects.create(user=user, handle=f"{name.lower()}-{next(numbers)}", name=name)
    add_followers(creator, followers)
    return creator


def add_followers(creator, count):
    """Add that many followers by two queries, because most tests start with a thousand."""
    if count:
        with connection.cursor() as cursor:
            values = {"count": count, "batch": f"fan-{next(numbers)}-", "creator": creator.pk}
            cursor.execute(FANS, values)
            cursor.execute(FOLLOWS, values)


# Plain enough for SQLite and PostgreSQL.
NUMBERED = (
    """WITH RECURSIVE fans(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM fans WHERE n < CAST(%(count)s AS integer))"""
)
EMAIL = "CAST(%(batch)s AS text) || fans.n || '@example.com'"
FANS = f"""INSERT INTO people_user (email, name, avatar, password, is_superuser, is_staff, is_active, date_joined)
    {NUMBERED} SELECT {EMAIL}, 'Fan', 'octopus', '', false, false, true, CURRENT_TIMESTAMP FROM fans"""
FOLLOWS = f"""INSERT INTO live_follow (follower_id, creator_id, created_at)
    {NUMBERED} SELECT person.id, CAST(%(creator)s AS bigint), CURRENT_TIMESTAMP
    FROM fans JOIN people_user person ON person.email = {EMAIL}"""


def make_session(creator=None, *, title="Friday strings"):
    """Start a live; its creator has 1,000 followers unless one is given."""
    return start_session(creator=creator or make_creator(), title=title)


def tap(viewer, session, *, gift_slug="panda", quantity=1, tap_id=None, price=None, message="", now=None):
    """Tap a gift at its price now."""
    price = price or catalog().get(slug=gift_slug).coins
    return tap_gift(
        viewer=viewer,
        session_id=session.id,
        gift_slug=gift_slug,
        price=price,
        quantity=quantity,
        tap_id=tap_id or uuid4(),
        message=message,
        now=now,
    )


def make_payout_account(
    owner, *, receiver=None, country="PT", service="paypal", label=None, usable_at=datetime(2025, 1, 1, tzinfo=UTC)
):
    """Make a payout account whose waiting time is long over, unless another moment is given.

    Without a label it gets one if another account of the owner looks the same.
    """
    service, receiver = PayoutService.objects.get(slug=service), receiver or owner.email
    if label is None:
        alike = owner.payout_accounts.filter(service=service, country=country, look=masked(receiver))
        label = f"No. {next(numbers)}" if alike.exists() else ""
    return PayoutAccount.objects.create(
        owner=owner, service=service, country=country, receiver=receiver, label=label, usable_at=usable_at
    )
