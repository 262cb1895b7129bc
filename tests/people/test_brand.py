"""The brand: an operator's name, mark, accent and support address on every page, mail and file, without a deploy."""

import json
from math import inf
from unittest.mock import Mock

import pytest
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.utils.http import urlencode

from people import brand as brands
from people.brand import KEPT_SECONDS, Kept, SiteBrand, css_of, forget_brand, never_wait, site_brand
from people.mail.outbox import post_mail
from people.models import Brand
from people.signing_in.mfa_adapter import MfaAdapter
from tests.factories import make_creator, make_session, make_user
from tests.people.branding import DAY, NIGHT, PAGE

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# --- Where it shows -------------------------------------------------------------------------------


def test_name_is_on_pages_in_their_head_and_in_words(applause):
    html = Client().get("/economy/").text

    assert "<title>Economy · Applause &amp; Co</title>" in html
    assert '<meta property="og:site_name" content="Applause &amp; Co">' in html
    assert "Of each coin Applause &amp; Co keeps" in html
    assert 'data-site="Applause &amp; Co"' in html
    assert "/static/unnamed/share.jpg" in html
    assert "Ovation" not in html


@pytest.mark.parametrize("address", ["/", "/live/", "/help/", "/accounts/login/", "/nowhere/", "/economy/changes/"])
def test_no_page_says_the_name_that_comes_along(applause, address):
    page = Client(raise_request_exception=False).get(address)

    assert "Ovation" not in page.text


def test_private_pages_the_room_and_the_admin_say_the_name(client, applause):
    cleo = make_creator("Cleo")
    live = make_session(cleo)
    client.force_login(cleo.user)
    pages = [
        "/payouts/",
        "/payouts/withdraw/",
        "/payouts/statements/",
        "/live/studio/",
        f"/live/{live.pk}/",
        "/wallet/",
    ]
    for address in pages:
        page = client.get(address)

        assert "Ovation" not in page.text, address
    client.force_login(make_user("Otto", is_staff=True, is_superuser=True))
    for address in ("/admin/", PAGE, "/admin/people/user/"):
        page = client.get(address)

        assert "Applause &amp; Co" in page.text, address


def test_mail_comes_from_the_name_and_is_not_escaped(settings, applause, django_capture_on_commit_callbacks):
    settings.DEFAULT_FROM_EMAIL = "Ovation <hello@example.com>"
    with django_capture_on_commit_callbacks(execute=True):
        post_mail("vera@example.com", "Hello", "Words", about="test")

    assert mail.outbox[-1].from_email == "Applause & Co <hello@example.com>"
    Client().post("/accounts/password/reset/", {"email": make_user("Vera").email})
    assert "Applause & Co" in mail.outbox[-1].body
    assert "Ovation" not in mail.outbox[-1].body


def test_site_without_a_brand_keeps_the_sender_of_its_settings(settings):
    settings.DEFAULT_FROM_EMAIL = "Acme <hello@example.com>"

    assert SiteBrand().sender == "Acme <hello@example.com>"


def test_authenticators_and_passkeys_show_the_name(rf, applause):
    from allauth.core import context

    with context.request_context(rf.get("/")):
        assert MfaAdapter().get_totp_issuer() == "Applause & Co"
        assert MfaAdapter().get_public_key_credential_rp_entity() == {"id": "testserver", "name": "Applause & Co"}


def test_texts_and_security_txt_name_the_support_address(settings, applause):
    settings.SECURITY_CONTACT = ""

    page = Client().get("/contact/")

    assert "hi@applause.test" in page.text

    page = Client().get("/.well-known/security.txt")

    assert "Contact: mailto:hi@applause.test" in page.text


def test_setting_of_the_security_contact_comes_first(settings, applause):
    settings.SECURITY_CONTACT = "https://applause.test/security"

    page = Client().get("/.well-known/security.txt")

    assert "Contact: https://applause.test/security" in page.text


def test_files_that_are_saved_are_called_after_the_site(client, applause):
    client.force_login(make_user("Vera"))

    answer = client.get("/wallet/history/?format=csv")

    assert answer["Content-Disposition"] == 'attachment; filename="applause-co-coins.csv"'


def test_manifest_has_name_and_icons(applause):
    manifest = json.loads(Client().get("/site.webmanifest").content)

    assert (manifest["name"], manifest["short_name"]) == ("Applause & Co", "Applause & Co")
    assert manifest["icons"][0]["src"] == "/static/icon-192.png"


@pytest.mark.parametrize(
    "name", ["Applause & Co", "applause & co", "The Applause & Co Team", "Αpplause & Co", "Applause&Co"]
)
def test_nobody_takes_the_name_of_the_site(client, applause, name):
    client.force_login(make_user("Vera"))

    answer = client.post("/me/edit/", {"name": name, "avatar": "fox"})

    assert answer.status_code == 422


def test_name_that_came_along_is_free_once_the_site_has_another(client, applause):
    client.force_login(make_user("Vera"))

    answer = client.post("/me/edit/", {"name": "Ovation", "avatar": "fox"})

    assert answer.status_code == 303


# --- The stylesheet -------------------------------------------------------------------------------


def test_accent_is_a_stylesheet_named_by_its_colours_and_kept_for_ever(applause):
    html = Client().get("/").text
    address = f"/brand.css?{urlencode({'day': '0b6bcb', 'night': '6db3ff'})}"
    assert f'<link rel="stylesheet" href="{address.replace("&", "&amp;")}">' in html

    css = Client().get(address)

    assert css["Content-Type"] == "text/css; charset=utf-8"
    assert css["Cache-Control"] == "public, max-age=31536000, immutable"
    assert f"--coral: light-dark({DAY}, {NIGHT});" in css.text
    assert "--on-coral: light-dark(#ffffff, #16110f);" in css.text


def test_site_with_the_coral_that_comes_along_loads_no_such_file():
    page = Client().get("/")

    assert "brand.css" not in page.text


@pytest.mark.parametrize(
    "query", ["", "day=0b6bcb", "day=f0c000&night=6db3ff", "day=0b6bcb&night=000000", "day=x;}*{&night=6db3ff"]
)
def test_colours_that_no_operator_could_save_have_no_stylesheet(query):
    page = Client().get(f"/brand.css?{query}")

    assert page.status_code == 404


def test_css_holds_nothing_but_colours():
    assert css_of("#0b6bcb}", NIGHT) is None
    assert css_of(DAY.upper(), NIGHT) is None


# --- The cache ------------------------------------------------------------------------------------


def test_brand_costs_one_query_in_ten_seconds(applause, monkeypatch, django_assert_num_queries):
    clock = [1_000.0]
    monkeypatch.setattr(brands.time, "monotonic", lambda: clock[0])
    forget_brand()
    with django_assert_num_queries(1):
        for _ in range(3):
            site_brand()
    Brand.objects.update(name="Cheers")
    clock[0] += KEPT_SECONDS - 0.1
    with django_assert_num_queries(0):
        assert site_brand().name == "Applause & Co"
    clock[0] += 0.1
    with django_assert_num_queries(1):
        assert site_brand().name == "Cheers"


def test_last_brand_stays_while_the_database_is_away(applause, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("away")

    monkeypatch.setattr(Brand.objects, "filter", fail)
    forget_brand()

    assert site_brand().name == "Applause & Co"
    assert 0 < Kept.until < inf


def test_other_threads_go_on_while_one_reads(applause, monkeypatch):
    def look(*args, **kwargs):
        # Another thread does the same meanwhile.
        assert site_brand().name == "Applause & Co"
        return Brand.objects.all()

    forget_brand()
    monkeypatch.setattr(Brand.objects, "filter", look)

    assert site_brand().name == "Applause & Co"


def test_thread_that_never_waits_has_the_brand_read_by_another(applause, monkeypatch):
    threads = []
    monkeypatch.setattr(brands.threading, "Thread", lambda **options: threads.append(options) or Mock())
    forget_brand()
    Brand.objects.update(name="Cheers")
    never_wait()
    try:
        assert site_brand().name == "Applause & Co"
    finally:
        del brands.THREAD.never_waits

    assert [one["target"] for one in threads] == [brands.read_aside]
    assert site_brand().name == "Applause & Co"
    brands._read()
    assert site_brand().name == "Cheers"
