"""Numbers that people type: one rule, in every form of the site and of the admin."""

from importlib import import_module
from pathlib import Path

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from people.models import User
from people.operator import ReasonForm
from people.text.numbers import (
    DollarsField,
    ExactDollarsField,
    WholeNumberField,
    cents_from,
    in_exact_dollars,
    micros_from,
    whole_from,
)

pytestmark = pytest.mark.once

OURS = ("people", "wallet", "payouts", "live")
RIGHT = {"0": 0, "7": 7, "1250": 1_250, " 1,000 ": 1_000, "12,345": 12_345, "1,000,000": 1_000_000, "007": 7}
WRONG = [
    "12,50",
    "6,50",
    "5,5",
    "1,00",
    "1,0000",
    "1000,000",
    "0,250",
    ",500",
    "500,",
    "1,,000",
    "1,000,00",
    "1.000",
    "1 000",
    "1\u00a0000",
    "1\u202f000",
    "1'000",
    "1_000",
    "5.0",
    "5.5",
    "-5",
    "+5",
    "1e3",
    "0x10",
    "٣",
    "１２",
    "²",
    "a lot",
    "5\x00",
    "9" * 31,
    "9" * 5_000,
]


@pytest.mark.parametrize(("text", "number"), RIGHT.items())
def test_whole_number_may_have_right_thousands(text, number):
    assert whole_from(text) == number
    assert WholeNumberField(most=1_000_000).clean(text) == number


@pytest.mark.parametrize("text", WRONG)
def test_everything_else_is_refused_with_a_sentence_and_never_read_as_another_number(text):
    assert whole_from(text) is None
    with pytest.raises(ValidationError) as refused:
        WholeNumberField(least=1, most=2_000).clean(text)
    hint = " A comma only stands between thousands, as in 1,000." if "," in text else ""
    assert refused.value.messages == [f"Type a whole number from 1 to 2,000.{hint}"]


@given(st.integers(0, 10**18))
def test_number_as_the_site_writes_it_is_read_back(number):
    assert whole_from(f"{number:,}") == whole_from(str(number)) == number
    assert cents_from(f"${number:,}.05") == (number * 100 + 5 if number < 10**9 else None)


@given(st.text(alphabet="0123456789,. ", max_size=12))
def test_what_is_read_is_what_is_written_without_its_thousands(text):
    number = whole_from(text)
    assert number is None or text.strip() in (f"{number:,}", text.strip().replace(",", ""))


@pytest.mark.parametrize(
    ("text", "cents"),
    [("250", 250_00), ("250.5", 250_50), ("$1,000.00", 1_000_00), (" $ 5.05 ", 5_05), ("1,000,000", 100_000_000)],
)
def test_dollars_are_read_as_people_write_them(text, cents):
    assert cents_from(text) == DollarsField().clean(text) == cents


@pytest.mark.parametrize("text", ["12,50", "6,5", "0,250.00", "1,00.00", "250.005", "250.", ".5", "€5", "٣"])
def test_other_dollars_are_refused_with_a_sentence(text):
    assert cents_from(text) is None
    with pytest.raises(ValidationError, match="Type dollars with at most two decimals"):
        DollarsField().clean(text)


@pytest.mark.parametrize("text", ["-5", "-$5.00", "99999999999", "1,000,000,000.00"])
def test_dollars_below_zero_or_of_a_billion_are_refused_with_the_bounds(text):
    assert cents_from(text) is None
    with pytest.raises(ValidationError, match=r"Type dollars from \$1.00 to \$500.00\."):
        DollarsField(least=100, most=500_00).clean(text)


def test_exact_dollars_below_zero_are_refused_with_the_bounds():
    with pytest.raises(ValidationError, match=r"Type dollars from \$0.0001 to \$1.00\."):
        ExactDollarsField(least=100, most=1_000_000).clean("-0.005")


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("0.005", 5_000),
        ("$0.0048", 4_800),
        ("$ 0.004801", 4_801),
        ("0.01", 10_000),
        ("1", 1_000_000),
        ("0.0050", 5_000),
    ],
)
def test_dollars_with_six_decimals_are_read_exactly(text, micros):
    assert micros_from(text) == ExactDollarsField().clean(text) == micros


@pytest.mark.parametrize("text", ["0.0000001", "0.0048001", "0,005", "0.005 $", "5e-3", ".005", "0.", "٣"])
def test_dollars_that_cannot_be_kept_exactly_are_refused_with_a_sentence(text):
    assert micros_from(text) is None
    with pytest.raises(ValidationError, match=r"Type dollars with at most six decimals, such as 0\.005"):
        ExactDollarsField().clean(text)


@given(st.integers(0, 10**12))
def test_rate_as_the_site_writes_it_is_read_back(micros):
    assert micros_from(in_exact_dollars(micros)) == micros
    assert ExactDollarsField().clean(ExactDollarsField().prepare_value(micros)) == micros


def test_dollars_out_of_bounds_are_refused_with_both():
    with pytest.raises(ValidationError, match=r"Type dollars from \$1.00 to \$2,000.00 a week."):
        DollarsField(least=100, most=200_000, none=" a week").clean("0.99")


# --- Every form ---------------------------------------------------------------------------------


def forms_of_the_site():
    """Yield each form class of our apps with its fields; the admin sets others in place of those that a model gives."""
    for app in OURS:
        for path in Path(app).rglob("*.py"):
            if {"migrations", "commands"} & set(path.parts):
                continue
            module = import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
            for one in vars(module).values():
                if isinstance(one, type) and issubclass(one, forms.BaseForm) and one.__module__ == module.__name__:
                    is_of_the_admin = "admin" in path.parts or issubclass(one, ReasonForm)
                    fields = one.declared_fields if is_of_the_admin else one.base_fields
                    yield f"{module.__name__}.{one.__name__}", fields


def forms_of_the_admin():
    """Yield the fields of each form in which an operator adds or changes one of our rows."""
    request = RequestFactory().get("/admin/")
    request.user = User(is_staff=True, is_superuser=True)
    for model, screen in admin.site._registry.items():
        if model._meta.app_label in OURS and screen.has_add_permission(request):
            yield f"admin of {model.__name__}", screen.get_form(request).base_fields


def test_no_form_reads_numbers_by_another_rule(db):
    assert get_resolver().url_patterns, "views and their forms are loaded"
    found = dict([*forms_of_the_site(), *forms_of_the_admin()])
    others = [
        f"{name}.{field}"
        for name, fields in found.items()
        for field, one in fields.items()
        if isinstance(one, forms.IntegerField)  # the floats and decimals of Django are among them
    ]
    ours = [one for fields in found.values() for one in fields.values() if isinstance(one, WholeNumberField)]

    assert others == []
    dollars = {f"{name}.{field}" for name, fields in found.items() for field, one in fields.items() if _is_dollars(one)}

    assert len(ours) >= 20
    assert dollars >= {
        "payouts.forms.WithdrawForm.amount",
        "wallet.package_forms.PackageForm.new_cents",
        "admin of CoinRate.micros",
        "admin of DiamondRate.micros",
        *(f"admin of PayoutTerms.{name}_cents" for name in ("minimum", "weekly", "approval", "two_people")),
    }
    for field in ours:
        for text in WRONG:
            with pytest.raises(ValidationError):
                field.clean(text)


def _is_dollars(field):
    return isinstance(field, DollarsField)
