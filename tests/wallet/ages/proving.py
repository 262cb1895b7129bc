"""A provider of proofs that knows one person, and raising the age."""

from django.utils import timezone

from wallet.ages import AgeRefused
from wallet.models import AgeTerms


class Registry:
    """A provider that proves the age of Vera alone."""

    slug = "registry"

    def sentence(self, age):
        return f"I am {age} or older, and the registry may confirm it."

    def prove(self, person, age):
        if person.name != "Vera":
            raise AgeRefused(f"The registry doesn't know that you are {age}. Nothing was changed.")
        return f"proof-of-{age}"


def set_age(age, starts_at=None):
    return AgeTerms.objects.create(least_age=age, starts_at=starts_at or timezone.now(), reason_given="For tests.")
