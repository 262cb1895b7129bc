"""People: users with their taken names, sessions, notices, chosen and outgoing mails, and the last accepted code."""

from collections.abc import Iterable
from datetime import UTC
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.module_loading import import_string

from people.brand_model import Brand as Brand
from people.text.lookalikes import LONGEST_KEY, keys_of, spelling
from people.text.names import validate_name

MOST_PAGE_CHARACTERS = 30_000


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: str | bool) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.name = user.name or user.email.split("@")[0][:30]
        user.set_password(password)
        user.save(using=self._db)
        TakenName.objects.note([user.name])
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: str | bool) -> "User":
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").strip().lower())


class User(AbstractUser):
    """A person with an e-mail address and a public name. Deactivated, never deleted: accounts refer to the row."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": "This address has an account already."}
    )
    name = models.CharField(max_length=30, validators=[validate_name], help_text="What others see beside your gifts.")
    # The name of a drawing, or of a Picture.
    avatar = models.CharField(max_length=30, default="octopus")
    is_somebody = models.BooleanField(
        "appear as “Somebody”",
        default=False,
        db_default=False,
        help_text="Others see your gifts and comments, not your name or picture.",
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["date_joined"], name="people_by_moment")]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class TakenNames(models.Manager["TakenName"]):
    def note(self, names: Iterable[str]) -> None:
        """Insert the first spelling of each look among the names. Existing rows don't change."""
        spelled: dict[str, str] = {}
        for name in names:
            for key in keys_of(name):
                spelled.setdefault(key, spelling(name)[:LONGEST_KEY])
        rows = [TakenName(key=key, spelling=spelled[key]) for key in spelled]
        self.bulk_create(rows, ignore_conflicts=True, batch_size=500)


class TakenName(models.Model):
    """The first spelling of a look of names (text.lookalikes), and the creator who owns it, if any."""

    key = models.CharField(max_length=LONGEST_KEY, primary_key=True)
    spelling = models.CharField(max_length=LONGEST_KEY)
    creator = models.ForeignKey(User, models.CASCADE, null=True, related_name="taken_names")

    objects = TakenNames()

    def __str__(self) -> str:
        return self.spelling


class BrowserSession(AbstractBaseSession):
    """A session of a browser, and the user who is signed in with it. people/signing_in/sessions.py reads and writes it.

    No constraint on `user`: a session whose user has no row is a stranger's, and saving it is no error.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, db_constraint=False, related_name="browser_sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


class Notice(models.Model):
    """A sentence for a user on the site, such as a creator's thanks or a paid withdrawal.

    `once` names an event that many users are told of in batches: each user has at most one notice of it.
    """

    class Kind(models.TextChoices):
        LIVE = "live", "A live has begun"
        THANKS = "thanks", "Thanks"
        MONEY = "money", "Money"
        OTHER = "other", "Other"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.OTHER, db_default=Kind.OTHER)
    text = models.CharField(max_length=400)
    url = models.CharField(max_length=200, blank=True)
    once = models.CharField(max_length=60, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user"], condition=Q(read_at=None), name="unread_notices"),
            models.Index(fields=["created_at"], condition=Q(kind="live"), name="notices_of_lives"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "once"], condition=~Q(once=""), name="told_once"),
        ]

    def __str__(self) -> str:
        return self.text


class AcceptedStep(models.Model):
    """The newest time step whose authenticator code was accepted. Codes up to that step are refused."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="accepted_step")
    step = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.user} {self.step}"


class MailChoices(models.Model):
    """The mails that a user chose to get. A user without a row gets none of them.

    Mails about log-in, payout accounts and withdrawals aren't a choice: they protect the account.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="mail_choices")
    lives = models.BooleanField("When a creator you follow goes live", default=False)
    statements = models.BooleanField("When your statement of a month is ready", default=False)
    changes = models.BooleanField("Before a rate, a price or a limit changes", default=False, db_default=False)

    def __str__(self) -> str:
        return f"Mails to {self.user}"


class OutgoingMail(models.Model):
    """A mail that no mail server has accepted yet. Deleted once one has; given up after the last attempt.

    `is_bulk`: one of many about the same event. These leave after all other mails, and never after `until`.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    about = models.CharField(max_length=100)
    is_bulk = models.BooleanField(default=False, db_default=False)
    unsubscribe_url = models.CharField(max_length=300, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=100, blank=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["is_bulk", "try_at"], condition=Q(given_up_at=None), name="mails_to_try")]

    def __str__(self) -> str:
        return self.subject


class Picture(models.Model):
    """An uploaded picture that a person has now. Two people with the same picture share its file."""

    class Kind(models.TextChoices):
        FACE = "face", "Of oneself"
        BANNER = "banner", "Banner of a creator's page"

    user = models.ForeignKey(User, models.CASCADE, related_name="pictures")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.FACE, db_default=Kind.FACE)
    name = models.CharField(max_length=30, help_text="The digest of its bytes, and .webp.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["name"], name="pictures_by_name")]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_row_per_picture")]

    def __str__(self) -> str:
        return self.name


class PageVersion(models.Model):
    """A text of one of the site's own pages. Rows are added and never edited; the newest is the one that counts."""

    class Slug(models.TextChoices):
        HELP = "help", "Help"
        TERMS = "terms", "Terms"
        PRIVACY = "privacy", "Privacy"
        CONTACT = "contact", "Contact"

    slug = models.CharField("page", max_length=10, choices=Slug)
    text = models.TextField(max_length=MOST_PAGE_CHARACTERS)
    published_at = models.DateTimeField("published", default=timezone.now, editable=False)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        ordering = ["-id"]
        verbose_name = "page"
        indexes = [models.Index(fields=["slug", "-id"], name="versions_of_page")]
        constraints = [
            models.CheckConstraint(condition=Q(slug__in=["help", "terms", "privacy", "contact"]), name="page_known")
        ]

    def __str__(self) -> str:
        return f"{self.get_slug_display()} of {self.published_at.astimezone(UTC):%-d %B %Y}"


class OperatorAction(LogEntry):
    """An operator's act: a line of the admin's own history, read by people.text.history."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = "action of an operator"
        verbose_name_plural = "actions of operators"
        ordering = ["-id"]


class OperatorNote(models.Model):
    """A note of an operator about a person, for other operators. Rows are added and never edited."""

    about = models.ForeignKey(User, models.PROTECT, related_name="notes_about")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.CharField(max_length=500)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text


class Suspension(models.Model):
    """A time in which a person can't sign in: from when, by whom, why, and until when (None: until it is lifted)."""

    person = models.ForeignKey(User, models.PROTECT, related_name="suspensions")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["until"], condition=Q(lifted_at=None), name="suspensions_by_end")]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(lifted_at=None), name="one_suspension_now"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=models.F("since")), name="suspended_for_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.reason}"
