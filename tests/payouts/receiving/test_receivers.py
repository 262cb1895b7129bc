"""Receivers: the stored form of typed and pasted text, and a sentence for each that is refused."""

import hypothesis.strategies as st
import phonenumbers
import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from stdnum import iban as ibans
from stdnum import numdb

from payouts.models import PayoutAccount, PayoutService
from payouts.receiving.receivers import clean_receiver, grouped
from people.text.pasted import plain

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
# Countries of the registry that the site's own list had missed.
NEWER = {
    "BI": "BI4210000100010000332045181",
    "DJ": "DJ2100010000000154000100186",
    "LY": "LY83002048000020100120361",
    "MN": "MN121234123456789123",
    "NI": "NI45BAPR00000013000003558124",
    "OM": "OM810180000001299123456",
    "SO": "SO211000001001000100141",
    "TL": "TL380080012345678910157",
}
INVISIBLE = [
    "\u200b",
    "\u200d",
    "\u200e",
    "\u202a",
    "\u202c",
    "\u2060",
    "\u2066",
    "\ufeff",
    "\u00ad",
    "\u034f",
    "\u3164",
    "\ufe0f",
]
SPACES = [" ", "\t", "\n", "\u00a0", "\u2007", "\u2009", "\u200a", "\u202f", "\u205f", "\u3000"]
DASHES = ["-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2212", "\ufe63"]


def refusal(kind, text, country="PT"):
    with pytest.raises(ValidationError) as refused:
        clean_receiver(kind, text, country)
    return refused.value.messages[0]


def strewn(text, marks):
    """Draw the text with marks between its letters, before and behind it."""
    some = st.lists(st.sampled_from(marks), max_size=2).map("".join)
    places = st.lists(some, min_size=len(text) + 1, max_size=len(text) + 1)
    return places.map(lambda drawn: "".join(mark + letter for mark, letter in zip(drawn, [*text, ""], strict=True)))


@given(st.data())
def test_a_receiver_is_the_same_with_everything_that_pasting_adds(data):
    for kind, receiver, country, marks in (
        (Kind.IBAN, EXAMPLES["PT"], "PT", INVISIBLE + SPACES + DASHES),
        (Kind.PHONE, "+254712345678", "KE", INVISIBLE + SPACES + DASHES + ["(", ")", "."]),
        (Kind.EMAIL, "cleo.da-silva@example.com", "PT", INVISIBLE),
    ):
        typed = data.draw(strewn(receiver, marks))
        if kind == Kind.EMAIL:
            typed = data.draw(st.sampled_from(SPACES)) + typed.replace("-", data.draw(st.sampled_from(DASHES))) + "\t"

        assert clean_receiver(kind, typed, country) == receiver


@given(st.text())
def test_plain_text_stays_plain_and_keeps_every_visible_letter(text):
    once = plain(text)

    assert plain(once) == once
    assert [letter for letter in once if letter.isalnum()] == [
        letter for letter in text if letter.isalnum() and plain(letter)
    ]


@pytest.mark.parametrize("country", EXAMPLES)
def test_an_iban_is_taken_plain_grouped_and_in_small_letters(country):
    iban = EXAMPLES[country]

    for typed in (iban, grouped(iban), f" {grouped(iban).lower()} ", iban.replace("0", "0-"), f"IBAN: {grouped(iban)}"):
        assert clean_receiver(Kind.IBAN, typed, country) == iban


@pytest.mark.parametrize("country", NEWER)
def test_every_country_of_the_registry_is_known(country):
    assert clean_receiver(Kind.IBAN, NEWER[country], country) == NEWER[country]


@given(st.sampled_from([prefix for _, prefix, *_ in numdb.get("iban").prefixes]), st.integers(0, 10**30 - 1))
@example("GB", 60161331926819)
def test_check_digits_that_are_never_given_out_are_refused(country, number):
    """00, 01 and 99 leave the same remainder as 97, 98 and 02."""
    length = len(ibans_of(country))
    body = str(number).zfill(30)[-(length - 4) :]
    digits = ibans.calc_check_digits(f"{country}xx{body}")
    twin = {"97": "00", "98": "01", "02": "99"}.get(digits, f"{(int(digits) + 1) % 97:02d}")

    assert refusal(Kind.IBAN, f"{country}{twin}{body}", country).startswith("The check digits of this IBAN don’t fit.")


def ibans_of(country):
    """Return some text as long as the IBANs of the country, by the sentence that says how long they are."""
    words = refusal(Kind.IBAN, f"{country}501", country)
    return "x" * int(words.partition(" has ")[2].partition(" ")[0])


@pytest.mark.parametrize("digits", ["00", "01", "99"])
def test_gb00_is_no_iban(digits):
    assert refusal(Kind.IBAN, f"GB{digits}NWBK60161331926819", "GB").startswith("The check digits of this IBAN")


@pytest.mark.parametrize(
    ("iban", "country", "words"),
    [
        ("DE", "DE", "IBANs of Germany have letters and digits in other places. Compare it with your bank’s."),
        ("ES", "ES", "The check digits of the account in this IBAN of Spain don’t fit. Look for a wrong digit."),
    ],
)
def test_the_rules_of_a_country_s_own_accounts_are_looked_at(iban, country, words):
    body = {"DE": "A70400440532013000", "ES": "21000418450200051333"}[iban]
    typed = f"{iban}{ibans.calc_check_digits(f'{iban}00{body}')}{body}"

    assert refusal(Kind.IBAN, typed, country) == words


def test_an_iban_is_written_in_groups_of_four():
    assert grouped("PT50000201231234567890154") == "PT50 0002 0123 1234 5678 9015 4"


@given(country=st.sampled_from(sorted(EXAMPLES)), data=st.data())
def test_one_wrong_digit_and_two_swapped_neighbours_are_found(country, data):
    iban = EXAMPLES[country]
    at = data.draw(st.integers(4, len(iban) - 2))
    digit = data.draw(st.sampled_from("0123456789"))
    wrong = iban[:at] + digit + iban[at + 1 :]
    swapped = iban[:at] + iban[at + 1] + iban[at] + iban[at + 2 :]

    assert wrong == iban or not iban[at].isdigit() or refusal(Kind.IBAN, wrong, country)
    assert swapped == iban or refusal(Kind.IBAN, swapped, country)


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


@pytest.mark.parametrize(
    "typed",
    [
        "+254712345678",
        "+254 712 345 678",
        "+254 (0)712 345-678",
        "+254.712.345.678",
        "00254 712 345678",
        "+254 0712 345678",
    ],
)
def test_a_phone_number_is_stored_with_plus_and_digits_alone(typed):
    assert clean_receiver(Kind.PHONE, typed, "KE") == "+254712345678"


@pytest.mark.parametrize(
    "typed",
    ["0712345678", "254712345678", "+0712345678", "+２５４７１２３", "+254712345678 ext 5", "+1-800-FLOWERS"],
)
def test_what_is_no_phone_number_is_not_one(typed):
    assert refusal(Kind.PHONE, typed, "KE").startswith("Type the number with + and the country’s code")


@pytest.mark.parametrize(
    ("typed", "country", "sentence"),
    [
        ("+254", "KE", "A mobile number of Kenya has 9 digits behind +254; this one has 0."),
        ("+25471234567", "KE", "A mobile number of Kenya has 9 digits behind +254; this one has 8."),
        ("+2547123456789", "KE", "A mobile number of Kenya has 9 digits behind +254; this one has 10."),
        ("+254712345678901234", "KE", "A mobile number of Kenya has 9 digits behind +254; this one has 15."),
        ("+22507012345", "CI", "A mobile number of Côte d'Ivoire has 10 digits behind +225; this one has 8."),
        ("+254202345678", "KE", "No mobile number of Kenya is like this one. Look for a wrong digit."),
        ("+254712345678", "UG", "Numbers of Uganda begin with +256. Choose the country of the number."),
        ("+16045550123", "US", "This number is of Canada, but the country you chose is United States of America."),
        ("+672123456", "AQ", "No phone numbers of Antarctica are known. Choose the country of the number."),
    ],
)
def test_what_is_wrong_with_a_phone_number_is_said(typed, country, sentence):
    assert refusal(Kind.PHONE, typed, country).startswith(sentence)


@given(st.sampled_from(["CI", "GH", "KE", "RW", "SN", "TZ", "UG", "ZM"]), st.text("0123456789", max_size=16))
def test_a_number_is_stored_if_the_registry_has_it_and_as_long_as_it_says(country, digits):
    code = phonenumbers.country_code_for_region(country)
    try:
        stored = clean_receiver(Kind.PHONE, f"+{code}{digits}", country)
    except ValidationError as refused:
        assert refused.messages[0].endswith(".")
    else:
        assert phonenumbers.is_valid_number_for_region(phonenumbers.parse(stored), country)
        # In Côte d'Ivoire the leading zero is part of the number, elsewhere a trunk zero.
        assert stored.removeprefix(f"+{code}") == (digits if country == "CI" else digits.removeprefix("0"))


def test_a_phone_number_is_of_the_country_that_was_chosen():
    assert clean_receiver(Kind.PHONE, "+351912345678", "PT") == "+351912345678"


def test_every_country_of_mobile_money_has_an_example_that_is_taken():
    for country in ["CI", "GH", "KE", "RW", "SN", "TZ", "UG", "ZM"]:
        number = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
        plain_one = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        pretty = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        assert clean_receiver(Kind.PHONE, pretty, country) == plain_one


def test_an_address_is_stored_in_small_letters():
    assert clean_receiver(Kind.EMAIL, "Cleo@Example.COM", "PT") == "cleo@example.com"
    assert refusal(Kind.EMAIL, "cleo") == "Enter a valid email address."
    assert refusal(Kind.EMAIL, "\u212aleo@example.com").startswith("Type the address in plain letters")
    assert refusal(Kind.EMAIL, "cleo smith@example.com") == "An e-mail address has no spaces. Look where one came in."


@given(st.sampled_from(list(Kind)), st.text(max_size=60), st.sampled_from(["PT", "KE", "US", "XK", "AQ", "GS"]))
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
