"""Receivers: what is stored of what people type, and a sentence for everything that can't be one."""

import hypothesis.strategies as st
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given

from payouts.models import PayoutAccount, PayoutService
from payouts.receivers import IBAN_LENGTHS, clean_receiver, grouped, is_iban

Kind = PayoutService.Receiver
# The examples that the registry of IBANs prints for these countries.
EXAMPLES = {
    "PT": "PT50000201231234567890154",
    "DE": "DE89370400440532013000",
    "FR": "FR1420041010050500013M02606",
    "MT": "MT84MALT011000012345MTLCAST001S",
    "NO": "NO9386011117947",
    "GB": "GB29NWBK60161331926819",
}


def refusal(kind, text, country="PT"):
    with pytest.raises(ValidationError) as refused:
        clean_receiver(kind, text, country)
    return refused.value.messages[0]


@pytest.mark.parametrize("country", EXAMPLES)
def test_an_iban_is_taken_plain_grouped_and_in_small_letters(country):
    iban = EXAMPLES[country]

    assert len(iban) == IBAN_LENGTHS[country]
    for typed in (iban, grouped(iban), f" {grouped(iban).lower()} ", iban.replace("0", "0-")):
        assert clean_receiver(Kind.IBAN, typed, country) == iban


def test_an_iban_is_written_in_groups_of_four():
    assert grouped("PT50000201231234567890154") == "PT50 0002 0123 1234 5678 9015 4"


@given(country=st.sampled_from(sorted(EXAMPLES)), data=st.data())
def test_one_wrong_digit_and_two_swapped_neighbours_are_found(country, data):
    iban = EXAMPLES[country]
    at = data.draw(st.integers(4, len(iban) - 2))
    digit = data.draw(st.sampled_from("0123456789"))
    wrong = iban[:at] + digit + iban[at + 1 :]
    swapped = iban[:at] + iban[at + 1] + iban[at] + iban[at + 2 :]

    assert is_iban(iban)
    assert wrong == iban or not (iban[at].isdigit() and is_iban(wrong))
    assert swapped == iban or not is_iban(swapped)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type the IBAN: two letters, two digits, then letters and digits."),
        ("cleo@example.com", "Type the IBAN: two letters, two digits, then letters and digits."),
        ("PT５０000201231234567890154", "Type the IBAN: two letters, two digits, then letters and digits."),
        ("XX50000201231234567890154", "No country’s IBAN begins with XX. Look at the first two letters."),
        ("PT5000020123123456789015", "An IBAN of Portugal has 25 characters; this one has 24."),
        (
            "PT50000201231234567890153",
            "The check digits of this IBAN don’t fit. Look for a digit that is wrong or swapped.",
        ),
        (
            EXAMPLES["DE"],
            "This IBAN is of Germany, but the country you chose is Portugal. Choose the country of the IBAN.",
        ),
    ],
)
def test_what_is_wrong_with_an_iban_is_said(typed, sentence):
    assert refusal(Kind.IBAN, typed) == sentence


@pytest.mark.parametrize("typed", ["+254712345678", "+254 712 345 678", "+254 (0712) 345-67", "+254.712.345.678"])
def test_a_phone_number_is_stored_with_plus_and_digits_alone(typed):
    assert clean_receiver(Kind.PHONE, typed, "KE").removeprefix("+").isdigit()


@pytest.mark.parametrize(
    "typed", ["0712345678", "254712345678", "+0712345678", "+254", "+254712345678901234", "+２５４７１２３"]
)
def test_what_is_no_phone_number_is_not_one(typed):
    assert refusal(Kind.PHONE, typed, "KE").startswith("Type the number with + and the country’s code")


def test_a_phone_number_is_of_the_country_that_was_chosen():
    assert refusal(Kind.PHONE, "+254712345678", "UG") == (
        "Numbers of Uganda begin with +256. Choose the country of the number."
    )
    assert clean_receiver(Kind.PHONE, "+351912345678", "PT") == "+351912345678"


def test_an_address_is_stored_in_small_letters():
    assert clean_receiver(Kind.EMAIL, "Cleo@Example.COM", "PT") == "cleo@example.com"
    assert refusal(Kind.EMAIL, "cleo") == "Enter a valid email address."
    assert refusal(Kind.EMAIL, "\u212aleo@example.com").startswith("Type the address in plain letters")


@given(st.sampled_from(list(Kind)), st.text(max_size=60), st.sampled_from(["PT", "KE", "US", "XK"]))
def test_whatever_is_typed_is_stored_whole_or_refused_in_a_sentence(kind, text, country):
    try:
        stored = clean_receiver(kind, text, country)
    except ValidationError as refused:
        assert refused.messages[0].endswith(".")
    else:
        assert stored and stored.isascii() and not set(stored) & set(" \t\n\x00")


@pytest.mark.parametrize(
    ("receiver", "masked"),
    [
        ("cleo@example.com", "c•••@example.com"),
        ("c@example.com", "c•••@example.com"),
        (EXAMPLES["PT"], "PT•• •••• 0154"),
        (EXAMPLES["NO"], "NO•• •••• 7947"),
        ("+254712345678", "+254 •••• 78"),
    ],
)
def test_what_is_shown_of_a_receiver(receiver, masked):
    assert PayoutAccount(receiver=receiver).masked_receiver == masked
