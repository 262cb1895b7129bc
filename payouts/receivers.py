"""Receivers by their kind: what somebody typed made exact, or the sentence that says what is wrong with it."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django_countries import countries

from payouts.models import PayoutService

Kind = PayoutService.Receiver

# How long an IBAN is in each country that has them, by the registry of ISO 13616.
IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18,
    "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22,
    "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20,
    "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15,
    "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19,
    "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip
# The calling codes of countries in which money is sent to phones. Another country's number is only looked at for form.
CALLING_CODES = {
    "BF": "226", "BJ": "229", "CD": "243", "CI": "225", "CM": "237", "EG": "20", "ET": "251", "GH": "233", "GN": "224",
    "KE": "254", "LR": "231", "LS": "266", "MG": "261", "ML": "223", "MW": "265", "MZ": "258", "NE": "227",
    "NG": "234", "RW": "250", "SL": "232", "SN": "221", "TG": "228", "TZ": "255", "UG": "256", "ZA": "27", "ZM": "260",
    "ZW": "263",
}  # fmt: skip
NAMES = {Kind.EMAIL: "e-mail address", Kind.IBAN: "IBAN", Kind.PHONE: "phone number"}
HINTS = {
    Kind.EMAIL: "The e-mail address of the account, such as name@example.com.",
    Kind.IBAN: "The IBAN of the bank account, with or without spaces.",
    Kind.PHONE: "The phone number with + and the country’s code, such as +254 712 345678.",
}
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")
E164 = re.compile(r"\+[1-9][0-9]{7,14}")
# What people put between the digits of a number.
BETWEEN = re.compile(r"[ \u00a0().\-/]")


def clean_receiver(kind, text, country):
    """Return the receiver as it is stored: small letters of an address, an IBAN or a number without spaces.

    Raise ValidationError with a sentence if it can't be one, or is of another country.
    """
    # First, because lower() and upper() turn look-alikes such as the Kelvin sign into plain letters.
    if not text.isascii() and kind == Kind.EMAIL:
        raise ValidationError("Type the address in plain letters, such as name@example.com.")
    return {Kind.EMAIL: _email, Kind.IBAN: _iban, Kind.PHONE: _phone}[Kind(kind)](text, country)


def grouped(iban):
    """Write an IBAN in groups of four, as on paper: PT50000201231234567890154 → PT50 0002 0123 1234 5678 9015 4."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))


def is_iban(text):
    """Say whether the check digits are right: the number that the letters and digits make leaves 1 divided by 97."""
    return int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def _email(text, country):
    validate_email(text)
    return text.lower()


def _iban(text, country):
    iban = BETWEEN.sub("", text).upper()
    if not (iban.isascii() and IBAN.fullmatch(iban)):
        raise ValidationError("Type the IBAN: two letters, two digits, then letters and digits.")
    there, length = iban[:2], IBAN_LENGTHS.get(iban[:2])
    if length is None:
        raise ValidationError(f"No country’s IBAN begins with {there}. Look at the first two letters.")
    if len(iban) != length:
        raise ValidationError(f"An IBAN of {_name_of(there)} has {length} characters; this one has {len(iban)}.")
    if not is_iban(iban):
        raise ValidationError("The check digits of this IBAN don’t fit. Look for a digit that is wrong or swapped.")
    if there != country:
        raise ValidationError(
            f"This IBAN is of {_name_of(there)}, but the country you chose is {_name_of(country)}. "
            "Choose the country of the IBAN."
        )
    return iban


def _phone(text, country):
    number = BETWEEN.sub("", text)
    if not E164.fullmatch(number):
        raise ValidationError("Type the number with + and the country’s code, such as +254 712 345678.")
    code = CALLING_CODES.get(country)
    if code and not number.startswith(f"+{code}"):
        raise ValidationError(f"Numbers of {_name_of(country)} begin with +{code}. Choose the country of the number.")
    return number


def _name_of(country):
    return dict(countries).get(country, country)
