"""Bundles: what a page loads in one request is what its sources say."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import get_finder

from config.bundles import BUNDLES, BundleStorage, joined, sources_of
from people.text.names import AVATARS
from tests.factories import make_user

pytestmark = pytest.mark.once


def test_style_sheets_are_joined_in_their_order_without_comments_and_indentation():
    sheet = joined("css/site.css")

    places = [sheet.index(words) for words in ("@layer reset, tokens", "@layer base {", "@layer pieces {")]
    assert places == sorted(places)
    assert "/*" not in sheet
    assert not re.search(r"^\s", sheet, re.MULTILINE)


def test_script_of_a_bundle_has_a_scope_and_failures_of_its_own():
    script = joined("js/giving.js")

    assert len(re.findall(r"^try \{$", script, re.MULTILINE)) >= 4
    assert script.count("} catch (error) {\nreportError(error);\n}\n") == 5
    assert not re.search(r"^//", script, re.MULTILINE)


@pytest.mark.parametrize("bundle", BUNDLES)
def test_bundle_is_found_where_it_is_served_and_where_it_is_collected(bundle):
    listed = dict(get_finder("config.bundles.BundleFinder").list([]))

    with open(finders.find(bundle)) as served, listed[bundle].open(bundle) as collected:
        assert served.read() == collected.read().decode() == joined(bundle)


def test_bundle_is_as_new_as_its_newest_source():
    newest = max(source.stat().st_mtime for source in sources_of("css/site.css"))

    assert BundleStorage().get_modified_time("css/site.css").timestamp() == pytest.approx(newest)


def test_no_other_name_is_a_bundle():
    assert finders.find("css/none.css") is None
    assert not BundleStorage().exists("css/base.css")


def test_one_picture_holds_every_drawn_face():
    crowd = (settings.BASE_DIR / "static" / "avatars" / "crowd.svg").read_text()

    assert {avatar for avatar, _ in AVATARS} | {"somebody"} == set(re.findall(r'<view id="([\w-]+)"', crowd))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/wallet/", "/wallet/recharge/", "/live/", "/me/", "/accounts/password/change/"])
def test_htmx_is_not_loaded_where_nothing_uses_it(client, path):
    client.force_login(make_user("Vera"))

    page = client.get(path).content.decode()

    assert "htmx" not in page
