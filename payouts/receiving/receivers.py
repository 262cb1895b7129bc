"""Receivers by their kind: a typed one is normalized, or refused with a sentence that says what is wrong."""

import re

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django_countries import countries
from phonenumbers import PhoneMetadata, PhoneNumberType
from stdnum import exceptions as wrong
from stdnum import iban as ibans
from stdnum import numdb

from payouts.models import PayoutService
from people.text.pasted import plain

Kind = PayoutService.Receiver

NAMES: dict[str, str] = {Kind.EMAIL: "e-mail address", Kind.IBAN: "IBAN", Kind.PHONE: "phone number"}
HINTS: dict[str, str] = {
    Kind.EMAIL: "The e-mail address of the account, such as name@example.com.",
    Kind.IBAN: "The IBAN of the bank account, with or without spaces.",
    Kind.PHONE: "The phone number with + and the country’s code, such as +254 712 345678.",
}
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
# The word before the number, as banks print it.
ITS_NAME = re.compile(r"IBAN[ :]*", re.IGNORECASE)
INTERNATIONAL = re.compile(r"\+[1-9][0-9]{2,19}")
# Characters that people type between the digits of a number.
BETWEEN = re.compile(r"[ ().\-/]")
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
NO_NUMBER = "Type the number with + and the country’s code, such as +254 712 345678."


def clean_receiver(kind: str, text: str, country: str) -> str:
    """Return the receiver as it is stored: small letters of an address, an IBAN or a number without spaces.

    Raise ValidationError with a sentence if it can't be one, or is of another country.
    """
    return {Kind.EMAIL: _email, Kind.IBAN: _iban, Kind.PHONE: _phone}[Kind(kind)](plain(text), country)


def grouped(iban: str) -> str:
    """Write an IBAN in groups of four, as on paper: PT50000201231234567890154 → PT50 0002 0123 1234 5678 9015 4."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def _email(text: str, country: str) -> str:
    # First, because lower() and upper() turn look-alikes such as the Kelvin sign into plain letters.
    if not text.isascii():
        raise ValidationError("Type the address in plain letters, such as name@example.com.")
    if " " in text:
        raise ValidationError("An e-mail address has no spaces. Look where one came in.")
    validate_email(text)
    return text.lower()


# --- IBANs ----------------------------------------------------------------------------------------


def _iban(text: str, country: str) -> str:
    iban = BETWEEN.sub("", ITS_NAME.sub("", text, count=1)).upper()
    if not (iban.isascii() and IBAN.fullmatch(iban)):
        raise ValidationError("Type the IBAN: two letters, two digits, then letters and digits.")
    there, length = iban[:2], _length_of(iban)
    if not length:
        raise ValidationError(f"No country’s IBAN begins with {there}. Look at the first two letters.")
    if len(iban) != length:
        raise ValidationError(f"An IBAN of {_name_of(there)} has {length} characters; this one has {len(iban)}.")
    _refuse_digits(iban)
    if there != country:
        raise ValidationError(
            f"This IBAN is of {_name_of(there)}, but the country you chose is {_name_of(country)}. "
            "Choose the country of the IBAN."
        )
    return iban


def _refuse_digits(iban: str) -> None:
    """Refuse check digits that don't fit, and letters where the country has digits."""
    # The remainder alone is right for 00, 01 and 99 too. They stand for 97, 98 and 02 and are never given out.
    if ibans.calc_check_digits(iban) != iban[2:4]:
        raise ValidationError("The check digits of this IBAN don’t fit. Look for a digit that is wrong or swapped.")
    try:
        ibans.validate(iban, check_country=False)
        ibans.validate(iban)
    except wrong.InvalidChecksum as error:
        raise ValidationError(
            f"The check digits of the account in this IBAN of {_name_of(iban[:2])} don’t fit. Look for a wrong digit."
        ) from error
    except (wrong.InvalidFormat, wrong.InvalidLength) as error:
        raise ValidationError(
            f"IBANs of {_name_of(iban[:2])} have letters and digits in other places. Compare it with your bank’s."
        ) from error
    except wrong.InvalidComponent:
        # The library's list of banks may be older than the bank.
        pass


def _length_of(iban: str) -> int | None:
    """Return how long the IBANs of its country are, by the registry of ISO 13616; 0 for a country that has none."""
    parts = numdb.get("iban").info(iban)[0][1].get("bban", "")
    bban = sum(int(length) for length in re.findall(r"([0-9]+)!", parts))
    return bban and len("PT50") + bban


# --- Phone numbers --------------------------------------------------------------------------------


def _phone(text: str, country: str) -> str:
    parsed = _parse(BETWEEN.sub("", text), country)
    if not phonenumbers.is_possible_number_for_type(parsed, PhoneNumberType.MOBILE):
        raise _wrong_length(country, phonenumbers.national_significant_number(parsed))
    there = phonenumbers.region_code_for_number(parsed)
    if there and there != country:
        raise ValidationError(
            f"This number is of {_name_of(there)}, but the country you chose is {_name_of(country)}. "
            "Choose the country of the number."
        )
    if phonenumbers.number_type(parsed) not in MOBILE:
        raise ValidationError(f"No mobile number of {_name_of(country)} is like this one. Look for a wrong digit.")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _parse(number: str, country: str) -> phonenumbers.PhoneNumber:
    """Return the library's number, without a trunk zero: +254 0712… is +254 712…"""
    number = f"+{number[2:]}" if number.startswith("00") else number
    if not INTERNATIONAL.fullmatch(number):
        raise ValidationError(NO_NUMBER)
    code = phonenumbers.country_code_for_region(country)
    if not code:
        raise ValidationError(f"No phone numbers of {_name_of(country)} are known. Choose the country of the number.")
    if not number.startswith(f"+{code}"):
        raise ValidationError(f"Numbers of {_name_of(country)} begin with +{code}. Choose the country of the number.")
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException as error:
        raise _wrong_length(country, number.removeprefix(f"+{code}")) from error


def _wrong_length(country: str, digits: str) -> ValidationError:
    """Return the error that says how many digits a mobile number of the country has."""
    lengths = PhoneMetadata.metadata_for_region(country).mobile.possible_length  # type: ignore[union-attr]
    code = phonenumbers.country_code_for_region(country)
    return ValidationError(
        f"A mobile number of {_name_of(country)} has {' or '.join(map(str, lengths))} digits behind +{code}; "
        f"this one has {len(digits)}. Look for one that is missing or twice."
    )


def _name_of(country: str) -> str:
    return dict(countries).get(country, country)
