"""The age that buying coins and being paid out need: who must still declare it, and the provider that proves it.

AGE_PROVIDER names the provider's class. The one that comes along takes a person's word. Where money moves, the verbs
refuse without a declaration; in a sandbox the pages ask, and a request that isn't from a page passes.
"""

from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.module_loading import import_string

from people.models import User
from people.refusals import Refusal
from wallet.models import AgeDeclaration, AgeTerms


class AgeRefused(Refusal):
    """The person hasn't declared the age, or a provider doesn't confirm it; nothing was changed."""


class AgeProvider(Protocol):
    slug: str

    def sentence(self, age: int) -> str:
        """Return the sentence beside the box that a person ticks."""

    def prove(self, person: User, age: int) -> str:
        """Return the provider's id of a proof that the person has reached the age. Raise AgeRefused.

        A person has ticked the sentence. The call is made outside of a transaction and may be repeated.
        """


class Declaration:
    """The embedded provider: a ticked sentence is enough."""

    slug = "declaration"

    def sentence(self, age: int) -> str:
        return f"I am {age} or older."

    def prove(self, person: User, age: int) -> str:
        return ""


def age_provider() -> AgeProvider:
    provider: AgeProvider = import_string(settings.AGE_PROVIDER)()
    return provider


def age_to_declare(person: User, now: datetime | None = None) -> int | None:
    """Return the age that the person must still declare, or None. One query."""
    declared = AgeDeclaration.objects.filter(person=person, age__gte=OuterRef("least_age"))
    terms = AgeTerms.objects.started(now).annotate(is_declared=Exists(declared)).first()
    if terms is None:
        raise AgeTerms.DoesNotExist("no age terms had started by then")
    return None if terms.is_declared else terms.least_age


def declare_age(person: User, age: int, *, now: datetime | None = None) -> AgeDeclaration:
    """Keep that a person has reached the age of the terms, once; a repeat returns the first. Raise AgeRefused."""
    now = now or timezone.now()
    terms = AgeTerms.objects.at(now)
    if age < terms.least_age:
        raise AgeRefused(f"The age is {terms.least_age} now. Nothing was changed; read the sentence again.")
    if known := person.age_declarations.filter(age=age).first():
        return known
    provider = age_provider()
    proof = {"terms": terms, "provider": provider.slug, "reference": provider.prove(person, age), "declared_at": now}
    return AgeDeclaration.objects.get_or_create(person=person, age=age, defaults=proof)[0]


def require_age(person: User, now: datetime | None = None) -> None:
    """Raise AgeRefused unless the person has declared the age of the terms, or no money moves on this site."""
    if settings.MONEY_MOVES and (age := age_to_declare(person, now)):
        raise AgeRefused(f"This is for people of {age} or older. Nothing was changed; say on the page that you are.")
