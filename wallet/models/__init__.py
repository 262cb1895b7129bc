"""The books (Account, Transfer) and the viewer's coins (CoinPackage, Recharge)."""

import uuid
from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from people.text.numbers import in_dollars, in_exact_dollars
from wallet.dated import DatedRow, OfferRow
from wallet.models.ages import AgeDeclaration as AgeDeclaration
from wallet.models.ages import AgeTerms as AgeTerms
from wallet.models.checkouts import Checkout as Checkout
from wallet.models.proofs import BooksCheck as BooksCheck
from wallet.models.proofs import Seal as Seal
from wallet.models.terms import RechargeTerms as RechargeTerms

# Far above any real balance and far below 2^63, so that sums of balances can't overflow.
LARGEST_BALANCE = 10**15
LARGEST_PACKAGE_COINS = 1_000_000
LARGEST_PACKAGE_CENTS = 1_000_000


class Unit(models.TextChoices):
    COIN = "coin"
    DIAMOND = "diamond"
    CENT = "cent"


class Kind(models.TextChoices):
    GUARDED = "guarded", "guarded: carries its balance, never below zero"
    TALLY = "tally", "tally: its balance is a sum"
    HOUSE = "house", "house: the platform's own, may go below zero"


class Reason(models.TextChoices):
    """The closed list of reasons for a transfer."""

    PAYMENT = "payment", "Payment for coins"
    RECHARGE = "recharge", "Recharge"
    GIFT = "gift", "Gift"
    SETTLE_POINTS = "settle-points", "Points settled"
    SETTLE_DIAMONDS = "settle-diamonds", "Diamonds from a live"
    HOLD = "hold", "Reserved for a withdrawal"
    RELEASE = "release", "Given back from a withdrawal"
    PAY_OUT = "pay-out", "Withdrawn"
    PAY_OUT_CENTS = "pay-out-cents", "Money sent to a creator"


class Account(models.Model):
    """One named pot of one unit. The name is the key, so a transfer reads without a look-up: `coins:user:7`."""

    name = models.CharField(max_length=80, primary_key=True)
    unit = models.CharField(max_length=8, choices=Unit)
    kind = models.CharField(max_length=8, choices=Kind)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="accounts")
    balance = models.BigIntegerField(null=True, help_text="Kept on guarded accounts alone; in units of the account.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="account_unit_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="account_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=Kind.GUARDED, balance__isnull=False, balance__gte=0, balance__lte=LARGEST_BALANCE)
                | (~Q(kind=Kind.GUARDED) & Q(balance__isnull=True)),
                name="guarded_balance_never_below_zero",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Transfer(models.Model):
    """An immutable move of `amount` units from the debit account to the credit account.

    `reference` is the UUID of its cause: a recharge, a tap, a session or a withdrawal.
    Database triggers refuse UPDATE, DELETE, and two accounts of different units.
    """

    debit = models.ForeignKey(Account, models.PROTECT, related_name="debits", db_index=False)
    credit = models.ForeignKey(Account, models.PROTECT, related_name="credits", db_index=False)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=16, choices=Reason)
    reference = models.UUIDField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["debit", "id"], name="transfers_by_debit"),
            models.Index(fields=["credit", "id"], name="transfers_by_credit"),
            # The few moves of a viewer that are no gift, without reading the many that are.
            models.Index(fields=["debit", "created_at"], condition=~Q(reason="gift"), name="debits_besides_gifts"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=LARGEST_BALANCE), name="transfer_amount_positive"
            ),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_between_two_accounts"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="transfer_reason_known"),
            models.UniqueConstraint(
                fields=["reference", "reason"], condition=Q(reverses__isnull=True), name="transfer_once_per_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.debit_id} → {self.credit_id}: {self.amount} ({self.reason})"


class CoinRate(DatedRow):
    """The price of one coin at face value, in millionths of a dollar (10,000 = $0.01)."""

    micros = models.BigIntegerField(
        "millionths of a dollar per coin",
        validators=[MinValueValidator(100), MaxValueValidator(1_000_000)],
        help_text="10,000 is one cent.",
    )

    class Meta(DatedRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["starts_at"], name="one_coin_rate_at_a_time"),
            models.CheckConstraint(condition=Q(micros__gte=100, micros__lte=1_000_000), name="coin_rate_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{in_exact_dollars(self.micros)} a coin from {self.starts_at_utc:%d %b %Y}"


class CoinPackage(models.Model):
    """A number of coins on sale. Price and offer are dated rows; a recharge stores its own coins and cents."""

    # Annotated by priced_packages().
    cents: int | None
    is_offered: bool
    next_cents: int | None
    next_from: datetime | None
    slug = models.SlugField(unique=True, max_length=40)
    coins = models.BigIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_PACKAGE_COINS)],
        help_text="They never change: another number is another package.",
    )

    class Meta:
        ordering = ["coins", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(coins__gte=1, coins__lte=LARGEST_PACKAGE_COINS), name="package_coins_in_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coins:,} coin{'' if self.coins == 1 else 's'}"


class PackagePrice(DatedRow):
    """The price of a package from a moment on, in cents."""

    package = models.ForeignKey(CoinPackage, models.PROTECT, related_name="prices")
    cents = models.BigIntegerField(
        "price in cents", validators=[MinValueValidator(1), MaxValueValidator(LARGEST_PACKAGE_CENTS)]
    )

    class Meta(DatedRow.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(fields=["package", "starts_at"], name="one_package_price_at_a_time"),
            models.CheckConstraint(
                condition=Q(cents__gte=1, cents__lte=LARGEST_PACKAGE_CENTS), name="package_price_in_bounds"
            ),
        ]

    @property
    def in_words(self) -> str:
        return in_dollars(self.cents)

    def __str__(self) -> str:
        return f"{self.package}: {in_dollars(self.cents)} from {self.starts_at_utc:%d %b %Y %H:%M} UTC"


class PackageOffer(OfferRow):
    """A package is sold, or isn't, from a moment on. Without such a row it is sold from its first price on."""

    package = models.ForeignKey(CoinPackage, models.PROTECT, related_name="offers")

    class Meta(DatedRow.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["package", "starts_at"], name="one_package_offer_at_a_time")]

    def __str__(self) -> str:
        return f"{self.package}: {self.in_words} from {self.starts_at_utc:%d %b %Y %H:%M} UTC"


class Recharge(models.Model):
    """A purchase of coins: started, then confirmed or failed. The page makes its id, so a retry buys nothing twice."""

    class Status(models.TextChoices):
        STARTED = "started", "Waiting for payment"
        CONFIRMED = "confirmed", "Paid"
        FAILED = "failed", "Not paid"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recharges")
    package = models.ForeignKey(
        CoinPackage, models.PROTECT, null=True, related_name="recharges", help_text="None for an exact amount."
    )
    coins = models.BigIntegerField()
    cents = models.BigIntegerField()
    provider = models.CharField(max_length=20)
    method = models.CharField(max_length=20, validators=[RegexValidator(r"^[a-z-]+$")])
    status = models.CharField(max_length=10, choices=Status, default=Status.STARTED)
    payment_id = models.CharField("provider's payment id", max_length=80, null=True, unique=True)
    started_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["started_at"], condition=Q(status="started"), name="open_recharges")]
        constraints = [
            models.CheckConstraint(condition=Q(coins__gte=1, cents__gte=1), name="recharge_amounts_positive"),
            models.CheckConstraint(
                condition=Q(status__in=["started", "confirmed", "failed"]), name="recharge_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coins:,} coin{'' if self.coins == 1 else 's'} for {in_dollars(self.cents)}"


class RechargeStep(models.Model):
    """A change of a recharge's status, with its moment, author and reason."""

    recharge = models.ForeignKey(Recharge, models.PROTECT, related_name="steps")
    status = models.CharField(max_length=10, choices=Recharge.Status)
    by = models.CharField(max_length=40)
    why = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.why}"


class PaymentEvent(models.Model):
    """One signed message of a payment provider. The unique event id makes a second delivery do nothing.

    `body` is the message as received. Its recharge, payment and amount are columns too, for check_books().
    """

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80)
    body = models.TextField()
    about = models.UUIDField("recharge", null=True, db_index=True, help_text="As the provider names it.")
    payment_id = models.CharField("provider's payment id", max_length=80, blank=True)
    cents = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=200)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["provider", "received_at"], name="events_by_moment"),
            models.Index(
                fields=["payment_id"], condition=Q(about=None) & ~Q(payment_id=""), name="events_of_no_recharge"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="payment_event_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
