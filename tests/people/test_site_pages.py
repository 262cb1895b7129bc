"""Help, terms, privacy and contact: the text that comes along, versions by an operator, and no markup of theirs."""

from datetime import UTC, datetime

import pytest
import time_machine

from people.models import PageVersion
from people.text.paragraphs import Block, blocks_of
from tests.factories import make_user
from tests.operator import errors_of, latest_history, make_limited_operator, make_operator

pytestmark = pytest.mark.django_db
SLUGS = ["help", "terms", "privacy", "contact"]


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def publish(slug, text, at=datetime(2026, 12, 1, tzinfo=UTC)):
    author = make_user("Otto")
    return PageVersion.objects.create(slug=slug, text=text, published_at=at, author=author)


# --- The pages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_page_has_a_text_with_its_date_before_an_operator_writes_one(client, slug, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = read(client, f"/{slug}/")

    assert "Version of <time" in page and "30 November 2026" in page
    assert page.count("<h2>") >= 2
    assert "{contact}" not in page


@pytest.mark.once
def test_contact_names_the_address_of_the_setting(client, settings):
    settings.CONTACT_EMAIL = "help@example.org"

    assert '<a href="mailto:help@example.org">help@example.org</a>' in read(client, "/contact/")


@pytest.mark.once
@pytest.mark.parametrize("address", ["/", "/terms/", "/economy/"])
def test_every_page_leads_to_them_from_its_foot(client, address):
    foot = read(client, address).partition('<footer class="foot">')[2]

    for slug in [*SLUGS, "grow"]:
        assert f'href="/{slug}/"' in foot


def test_newest_version_counts_and_earlier_ones_stay_to_read(client, django_assert_num_queries):
    first = publish("terms", "Be kind.")
    second = publish("terms", "Be kind and honest.", datetime(2026, 12, 24, tzinfo=UTC))
    publish("privacy", "Nothing is kept.")

    with django_assert_num_queries(2):
        now = read(client, "/terms/")
    before = read(client, f"/terms/?version={first.pk}")

    assert "Be kind and honest." in now and "24 December 2026" in now and "earlier version" not in now
    assert f'href="?version={first.pk}"' in now and f'href="?version={second.pk}"' in now
    assert "Be kind." in before and "1 December 2026" in before
    assert "This is an earlier version." in before


@pytest.mark.once
@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "9" * 5000, "two", "", "\x00", "1.5"])
def test_version_that_isnt_there_is_404(client, number):
    publish("terms", "Be kind.")

    page = client.get("/terms/", {"version": number})

    assert page.status_code == 404


@pytest.mark.once
def test_version_of_another_page_is_404(client):
    page = client.get("/help/", {"version": publish("terms", "Be kind.").pk})

    assert page.status_code == 404


@pytest.mark.once
def test_text_is_text_and_only_addresses_become_links(client):
    publish("help", "# <b>Big</b>\n\n- <script>alert(1)</script>\n\n[x](javascript:alert(1)) https://example.org/a")

    page = read(client, "/help/")

    assert "<h2>&lt;b&gt;Big&lt;/b&gt;</h2>" in page
    assert "<li>&lt;script&gt;alert(1)&lt;/script&gt;</li>" in page
    assert '<a href="https://example.org/a" rel="nofollow">https://example.org/a</a>' in page
    assert 'href="javascript:' not in page


@pytest.mark.once
def test_blocks_are_paragraphs_headings_and_lists():
    text = "One\nline\n\n# Heading\nBelow\n- a\n- b\n\n- c\n#none\n\n\n# \n- "

    assert blocks_of(text) == [
        Block("paragraph", ["One line"]),
        Block("heading", ["Heading"]),
        Block("paragraph", ["Below"]),
        Block("list", ["a", "b"]),
        Block("list", ["c #none"]),
    ]


def test_guide_says_the_numbers_of_today(client, django_assert_num_queries):
    with django_assert_num_queries(3):
        page = read(client, "/grow/")

    assert "<dd>1,000 followers</dd>" in page
    assert "<dd>$0.50 <small>as 100 diamonds</small></dd>" in page
    assert "<dd>$100.00</dd>" in page and "<dd>$1,000.00</dd>" in page


# --- The operator -------------------------------------------------------------------------------


@pytest.fixture
def otto(client):
    otto = make_operator()
    client.force_login(otto)
    return otto


def add(client, **form):
    return client.post("/admin/people/pageversion/add/", {"slug": "terms", "text": "", "reason": "", **form})


def test_operator_begins_with_the_text_that_is_shown_and_replaces_it(client, otto):
    page = client.get("/admin/people/pageversion/add/?slug=terms")

    assert "Who may take part" in page.text

    with time_machine.travel(datetime(2026, 12, 7, tzinfo=UTC), tick=False):
        client.force_login(otto)
        add(client, text="# Ours\n\nBe kind.", reason="Our lawyer's text.")

    assert latest_history() == ("Otto", "Added; Page: none → terms. Reason: Our lawyer's text.")
    assert PageVersion.objects.get().author == otto
    page = read(client, "/terms/")
    assert "<h2>Ours</h2>" in page and "7 December 2026" in page
    assert PageVersion.objects.get().reason == "Our lawyer's text."


def test_reason_of_each_version_stands_beside_its_date(client, otto):
    for text, reason in (("Be kind.", "The first text."), ("Be kind and honest.", "Honesty was missing.")):
        add(client, text=text, reason=reason)

    versions = read(client, "/terms/").partition('id="versions"')[2]

    assert "The first text." in versions and "Honesty was missing." in versions


@pytest.mark.once
@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"text": "Be kind."}, "reason", "Say why. Nothing was saved."),
        ({"text": "# \n- ", "reason": "x"}, "text", "Write something that can be seen."),
        ({"text": "a" * 30_001, "reason": "x"}, "text", "Use at most 30,000 characters; this has 30,001."),
        ({"text": "", "reason": "x"}, "text", "This field is required."),
    ],
)
def test_text_that_is_none_is_refused(client, otto, form, field, words):
    errors = errors_of(add(client, **form))

    assert errors[field][0].startswith(words)
    assert not PageVersion.objects.exists()


@pytest.mark.once
def test_same_text_again_is_no_new_version(client, otto):
    add(client, text="Be kind.", reason="First.")

    errors = errors_of(add(client, text="Be kind.", reason="Again."))

    assert errors == {"text": ["That is the text that is shown already."]}
    assert PageVersion.objects.count() == 1


@pytest.mark.once
def test_version_is_never_edited_nor_deleted(client, otto):
    version = publish("terms", "Be kind.")

    client.post(f"/admin/people/pageversion/{version.pk}/change/", {"slug": "terms", "text": "Pay.", "reason": "x"})
    client.post(f"/admin/people/pageversion/{version.pk}/delete/", {"post": "yes"})

    assert PageVersion.objects.get().text == "Be kind."


@pytest.mark.once
def test_operator_without_the_right_writes_no_page(client):
    client.force_login(make_limited_operator("people.view_pageversion"))

    answer = add(client, text="Be kind.", reason="x")

    assert answer.status_code == 403
    assert not PageVersion.objects.exists()
