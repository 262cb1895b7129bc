"""An operator announces another age, reads who declared it, and everybody reads of the change."""

from datetime import timedelta

import pytest
from django.utils import timezone

from live.desk.announced import announced
from live.public_changes import public_changes
from tests.factories import make_user
from tests.operator import address, make_operator, save_shown
from tests.wallet.ages.proving import set_age
from wallet.models import AgeTerms

pytestmark = pytest.mark.django_db
ADD = "/admin/wallet/ageterms/add/"


@pytest.fixture
def otto(client):
    otto = make_operator()
    client.force_login(otto)
    return otto


def form_of(age, **changes):
    return {"least_age": age, "starts_at_0": "", "starts_at_1": "", "reason_given": "The law changed"} | changes


def test_new_age_is_shown_first_with_how_many_are_asked_again(client, otto):
    make_user("Vera")

    shown = client.post(ADD, form_of(21))
    save_shown(client, ADD, form_of(21))

    said = " ".join(shown.context["adminform"].form.preview.effects)
    assert "From 18 to 21 years" in said
    assert "asked again at their next recharge: 2." in said
    terms = AgeTerms.objects.at()
    assert (terms.least_age, terms.set_by) == (21, otto)


@pytest.mark.parametrize("age", ["12", "100", "0", "-1", "x", ""])
def test_age_out_of_bounds_is_refused(client, otto, age):
    answer = client.post(ADD, form_of(age))

    assert answer.status_code == 200
    assert AgeTerms.objects.count() == 1


def test_age_that_counts_is_never_edited(client, otto):
    terms = AgeTerms.objects.get()

    statuses = [
        client.post(address(terms), form_of(21)).status_code,
        client.post(address(terms, "delete"), {"post": "yes", "reason": "x"}).status_code,
    ]

    assert statuses == [403, 403]


def test_announced_age_stands_on_the_desk_the_economy_and_the_changes(client):
    set_age(21, timezone.now() + timedelta(days=30))

    pages = [client.get(page).text for page in ("/economy/", "/economy/changes/?kind=ages", "/economy/changes/feed/")]

    assert [row.words for row in announced()] == ["Coins and payouts from 21 years on"]
    assert [change.title for change in public_changes("ages")] == [
        "Coins and payouts: from 18 years on → 21 years on",
        "Coins and payouts: from 18 years on",
    ]
    assert "Coins and payouts from 21 years on" in pages[0]
    assert all("21 years on" in page for page in pages)


def test_operator_reads_on_the_persons_page_since_when_the_age_is_declared(client, otto):
    vera, imani = make_user("Vera"), make_user("Imani", declared=False)

    declared, not_yet = (" ".join(client.get(f"/admin/person/{one.pk}/").text.split()) for one in (vera, imani))

    assert "<dt>Age</dt><dd>18 or older <small>declared" in declared
    assert "<dt>Age</dt><dd>not declared yet</dd>" in not_yet
