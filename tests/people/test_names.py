"""Public names: stored in one form, and free of tricks."""

import pytest
from django.core.exceptions import ValidationError

from people.forms import SignupForm
from people.text.names import clean_name, validate_name

pytestmark = pytest.mark.once


@pytest.mark.parametrize("name", ["Vera", "Łukasz", "Ελένη", "陽菜", "Zoë Ångström", "O’Brien", "A" * 30, "Ada 🐙"])
def test_a_name_in_any_script_is_kept(name):
    validate_name(name)
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "Ve\u200bra",  # zero-width space
        "\u202eareV",  # right-to-left override
        "Ve\u2066ra",  # isolate
        "Ve\nra\x00",  # control character
        "Z\u0334\u0335\u0336algo",  # three accents on one letter
        "\ue000",  # private use
    ],
)
def test_a_name_that_hides_something_is_refused(name):
    with pytest.raises(ValidationError):
        validate_name(name)


def test_spaces_and_accents_are_stored_in_one_form():
    assert clean_name("  Zoe\u0308   Ström ") == "Zoë Ström"


@pytest.mark.django_db
def test_sign_up_stores_the_clean_name():
    form = SignupForm({"name": "  Zoe\u0308  "})
    assert form.is_valid()
    assert form.cleaned_data["name"] == "Zoë"


def test_sign_up_refuses_a_name_of_31_characters():
    assert not SignupForm({"name": "A" * 31}).is_valid()


@pytest.mark.django_db
def test_a_name_is_as_long_as_it_was_typed():
    letter = "\u0958"  # one as typed, two in NFC
    assert SignupForm({"name": letter * 30}).is_valid()
    assert not SignupForm({"name": letter * 31}).is_valid()
