"""Closed months: each once, in their order, filled anew from the books, and checked against them."""

import pytest

from live.models import StatementClosing, StatementLine
from live.statements.closed import close_months
from people.mail.choices import choose_mails, stopping_path
from people.models import Notice, OutgoingMail
from tests.live.statements.stating import a_year_of_cleo, proved
from tests.payouts.earning import earn, make_earner
from wallet.books import check_books

pytestmark = pytest.mark.django_db


def test_closing_twice_changes_nothing(clock):
    cleo = a_year_of_cleo(clock)

    closed = close_months()

    assert closed > 0

    lines = list(StatementLine.objects.values_list())
    closed = close_months()

    assert closed == 0
    assert list(StatementLine.objects.values_list()) == lines
    assert StatementClosing.objects.get().until.isoformat() == "2026-08-01"
    assert {line.person for line in StatementLine.objects.all()} == {cleo}


def test_a_month_is_closed_a_day_after_it_is_over(clock):
    clock(4)
    make_earner(1_000)
    clock(5, 1, 23)
    closed = close_months()

    assert closed == 0
    assert not StatementLine.objects.exists()
    clock(5, 2, 0)
    closed = close_months()

    assert closed == 1
    assert StatementLine.objects.get().month.isoformat() == "2026-04-01"


def test_months_are_closed_one_after_the_other(clock):
    clock(4)
    cleo = make_earner(1_000)
    clock(5, 20)
    close_months()
    earn(cleo.creator, 500)
    clock(6, 20)

    assert proved(cleo, 2026).earned.diamonds == 1_500

    closed = close_months()

    assert closed == 1
    assert proved(cleo, 2026).earned.diamonds == 1_500
    assert StatementClosing.objects.count() == 2


def test_both_tables_may_be_emptied_and_are_filled_anew(clock):
    cleo = a_year_of_cleo(clock)
    close_months()
    before = list(StatementLine.objects.order_by("month", "kind").values_list("month", "kind", "diamonds", "cents"))
    StatementLine.objects.all().delete()
    StatementClosing.objects.all().delete()

    assert proved(cleo, 2026).earned_micros == 380_004_000
    close_months()
    assert before == list(
        StatementLine.objects.order_by("month", "kind").values_list("month", "kind", "diamonds", "cents")
    )


@pytest.mark.spoils_books
def test_the_books_tell_a_closed_month_that_is_wrong(clock):
    a_year_of_cleo(clock)
    close_months()
    line = StatementLine.objects.filter(kind="paid").earliest("month")
    StatementLine.objects.filter(pk=line.pk).update(diamonds=line.diamonds + 1)

    (sentence,) = check_books()
    assert "diamonds is 30001, 30000 expected" in sentence


def test_creators_of_the_newest_closed_month_have_a_notice_of_it_and_a_mail_if_they_want_one(clock, settings):
    settings.SITE_URL = "https://ovation.example.com"
    clock(3)
    make_earner(1_000)
    clock(4)
    cleo = make_earner(1_000)
    choose_mails(cleo, statements=True)
    clock(5, 2, 0)

    close_months()
    StatementClosing.objects.all().delete()
    StatementLine.objects.all().delete()
    close_months()

    notice = Notice.objects.get()
    assert (notice.user, notice.text) == (cleo, "Your statement of April 2026 is ready.")
    assert notice.url == "/payouts/statements/2026/4/"
    letter = OutgoingMail.objects.get()
    assert (letter.address, letter.subject) == (cleo.email, "Your statement of April 2026 is ready")
    assert "  https://ovation.example.com/payouts/statements/2026/4/\n" in letter.text
    assert letter.unsubscribe_url.endswith(stopping_path(cleo.pk, "statements"))
