"""Prices, rates, limits and terms as everybody may read them, with date, reason and author: a page and a feed."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from live.gifts.catalog import retire_gift, set_price
from live.models import Gift, LiveTerms
from live.public_changes import public_changes
from payouts.models import DiamondRate, PayoutTerms
from people.models import PageVersion
from tests.factories import package_of
from tests.live.test_economy import words
from tests.operator import make_operator
from wallet.models import CoinPackage
from wallet.packages import set_package_price

pytestmark = pytest.mark.django_db

PAGE, FEED = "/economy/changes/", "/economy/changes/feed/"
ATOM = "{http://www.w3.org/2005/Atom}"


def panda():
    return Gift.objects.get(slug="panda")


def titles(kind="", count=1):
    return [change.title for change in public_changes(kind)[:count]]


def entries(client=None):
    answer = (client or Client()).get(FEED)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")


def test_price_of_a_gift_says_what_it_was_and_why():
    set_price(panda(), 7, by=make_operator(), reason="Dearer bamboo", by_name=True)

    [change] = public_changes("gifts")[:1]

    assert change.title == "Panda: 5 coins → 7 coins"
    assert (change.reason, change.author) == ("Dearer bamboo", "Otto")


def test_packages_of_the_same_coins_have_prices_of_their_own():
    package = package_of(500)
    other = CoinPackage.objects.create(slug="five-hundred", coins=500)
    for one, cents in ((other, 450), (package, 490), (other, 460)):
        set_package_price(one, cents, by=None, reason="Other fees")

    found = titles("packages", count=3)

    assert found == ["500 coins: $4.50 → $4.60", "500 coins: $5.00 → $4.90", "500 coins: $4.50"]


def test_author_who_wants_no_name_is_an_operator():
    set_price(panda(), 7, by=make_operator(), reason="Dearer bamboo")

    assert public_changes("gifts")[0].author == "an operator"


def test_each_kind_says_its_numbers_in_words():
    later = {"reason_given": "New fees", "starts_at": timezone.now() + timedelta(days=1)}
    DiamondRate.objects.create(micros=4_800, **later)
    terms = PayoutTerms.objects.at()
    PayoutTerms.objects.create(minimum_cents=terms.minimum_cents, weekly_cents=50_000, quote_seconds=90, **later)
    LiveTerms.objects.create(followers_needed=1, largest_gift_coins=5_000, abandoned_after_minutes=5, **later)
    set_package_price(package_of(100), 120, by=None, reason="Card fees")
    PageVersion.objects.create(slug="terms", text="Be kind.", author=make_operator())
    PageVersion.objects.create(slug="help", text="Ask us.", author=make_operator())

    assert titles("rates") == ["A diamond: $0.005 → $0.0048"]
    assert titles("withdrawals") == ["Withdrawals: the most in a week $1,000.00 → $500.00, a quote holds 60 s → 90 s"]
    assert titles("lives")[0].startswith("Lives: gifts from 1,000 followers → 1 follower")
    assert titles("packages") == ["100 coins: $1.00 → $1.20"]
    assert titles("texts", count=9) == ["Terms: a new version"]


def test_terms_of_which_only_approvals_change_show_no_amount():
    terms = PayoutTerms.objects.at()
    copied = {name: getattr(terms, name) for name in ("minimum_cents", "weekly_cents", "account_wait_hours")}
    PayoutTerms.objects.create(**copied, approval_cents=77_700, reason_given="Care")

    assert titles("withdrawals") == ["Withdrawals: no number changes"]

    page = Client().get(PAGE)

    assert "777" not in words(page.text)


def test_new_version_of_a_text_says_why(client):
    why = "Our lawyer’s \x01 text"
    PageVersion.objects.create(slug="terms", text="Be kind.", author=make_operator(), reason=why)

    [change] = public_changes("texts")
    page = client.get(f"{PAGE}?kind=texts")

    assert change.reason == "Our lawyer’s text"
    assert "Our lawyer’s text" in words(page.text)
    assert "Our lawyer’s text" in entries()[0].findtext(f"{ATOM}summary")


def test_retired_gift_is_a_change():
    retire_gift(panda(), timezone.now() + timedelta(days=2), by=None, reason="Out of season")

    assert titles("gifts") == ["Panda: no longer offered"]


def test_announced_change_stands_on_page_and_feed_with_its_date():
    day = timezone.now() + timedelta(days=3)
    set_price(panda(), 7, by=None, reason="Dearer bamboo", starts_at=day)

    text = words(Client().get(PAGE).text.split("Announced</h2>")[1].split("So far</h2>")[0])
    assert "Panda" in text
    assert f"from {day.day} {day:%b %Y}" in text
    newest = entries()[0]
    assert newest.findtext(f"{ATOM}title") == "Panda: 5 coins → 7 coins"
    assert newest.findtext(f"{ATOM}summary").startswith(f"From {day:%-d %B %Y}, ")
    assert "Dearer bamboo" in newest.findtext(f"{ATOM}summary")


def test_withdrawn_announcement_is_gone_from_both():
    price = set_price(panda(), 7, by=None, reason="Not after all", starts_at=timezone.now() + timedelta(days=3))
    price.delete()

    page = Client().get(PAGE)

    assert "Not after all" not in page.text

    page = Client().get(FEED)

    assert "Not after all" not in page.text


def test_entry_links_to_its_line_on_the_page(client):
    price = set_price(panda(), 7, by=None, reason="Dearer bamboo")

    link = entries()[0].find(f"{ATOM}link").get("href")

    assert link == f"http://testserver{PAGE}#giftprice-{price.pk}"

    page = client.get(PAGE)

    assert f'id="giftprice-{price.pk}"' in page.text


def test_feed_can_be_read_whatever_stands_in_a_reason():
    set_price(panda(), 7, by=None, reason="Bamb\x01oo \uffff <b> & \x0b more")

    assert "Bamb oo  <b> & more" in entries()[0].findtext(f"{ATOM}summary")


def test_kinds_are_links_and_an_unknown_one_shows_all(client):
    page = client.get(f"{PAGE}?kind=rates")

    assert "Panda" not in page.text

    page = client.get(f"{PAGE}?kind=gifts")

    assert "Panda" in page.text

    page = client.get(f"{PAGE}?kind=x&page=x")

    assert "Panda" in page.text


def test_economy_page_leads_to_both(client):
    html = client.get("/economy/").text

    assert f'href="{PAGE}"' in html
    head = html.split("</head>")[0]
    assert 'rel="alternate"' in head
    assert f'href="{FEED}"' in head


@pytest.mark.parametrize("count", [1, 3])
def test_page_and_feed_take_eleven_queries_however_long_the_history(client, django_assert_num_queries, count):
    for day in range(count):
        set_price(panda(), 6 + day, by=None, reason="More", starts_at=timezone.now() + timedelta(days=1 + day))
    with django_assert_num_queries(11):
        client.get(PAGE)
    with django_assert_num_queries(11):
        client.get(FEED)
    with django_assert_num_queries(2):
        client.get(f"{PAGE}?kind=gifts")


def test_feed_that_is_the_same_is_not_sent_again(client):
    first = client.get(FEED)

    page = client.get(FEED, headers={"if-none-match": first["ETag"]})

    assert page.status_code == 304

    set_price(panda(), 7, by=None, reason="Dearer bamboo")
    page = client.get(FEED, headers={"if-none-match": first["ETag"]})

    assert page.status_code == 200
