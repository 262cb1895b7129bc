"""Addresses for programs: robots.txt, the sitemap, security.txt."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from config.crawlers import NOT_FOR_ROBOTS
from live.sessions.sessions import end_session
from tests.factories import make_creator, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def locations(client, path):
    return re.findall(r"<loc>(.+?)</loc>", client.get(path).content.decode())


def test_robots_are_kept_from_private_pages_and_led_to_the_sitemap(client, settings):
    settings.SITE_URL = "https://ovation.example.com"

    answer = client.get("/robots.txt")

    lines = answer.content.decode().splitlines()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[0] == "User-agent: *"
    assert "Disallow: /accounts/" in lines
    assert "Disallow: /live/" not in lines
    assert lines[-1] == "Sitemap: https://ovation.example.com/sitemap.xml"


@pytest.mark.parametrize("path", ["/wallet/", "/payouts/", "/me/", "/notices/", "/following/", "/live/studio/"])
def test_private_page_sends_a_robot_to_where_it_may_not_go(client, path):
    answer = client.get(path)

    assert (answer.status_code, urlsplit(answer["Location"]).path) == (302, "/accounts/login/")
    assert "/accounts/" in NOT_FOR_ROBOTS


def test_sitemap_lists_public_pages_creators_who_may_log_in_and_running_lives(client):
    cleo, gone = make_creator("Cleo", followers=0), make_creator("Gone", followers=0)
    type(gone.user).objects.filter(pk=gone.pk).update(is_active=False)
    live, over = make_session(cleo), make_session(make_creator("Ida", followers=0))
    end_session(over, by="creator")

    parts = locations(client, "/sitemap.xml")
    listed = [location for part in parts for location in locations(client, urlsplit(part).path)]

    paths = {urlsplit(location).path for location in listed}
    assert {"/", "/live/", "/economy/", f"/@{cleo.handle}/", f"/live/{live.pk}/"} <= paths
    assert f"/@{gone.handle}/" not in paths
    assert f"/live/{over.pk}/" not in paths


def test_every_page_of_the_sitemap_is_public_and_open_to_robots(client):
    make_session(make_creator("Cleo", followers=0))

    parts = locations(client, "/sitemap.xml")
    paths = [urlsplit(place).path for part in parts for place in locations(client, urlsplit(part).path)]

    statuses = [Client().get(path).status_code for path in paths]

    assert statuses == [200] * len(paths)
    assert not [path for path in paths for kept in NOT_FOR_ROBOTS if path.startswith(kept)]


@pytest.mark.parametrize("path", ["/sitemap/nothing/", "/sitemap/creators/?p=9", "/sitemap/creators/?p=x"])
def test_part_of_the_sitemap_that_is_not_there_is_404(client, path):
    page = client.get(path)

    assert page.status_code == 404


def test_security_txt_names_the_contact_and_holds_for_less_than_a_year(client, settings, time_machine):
    settings.SECURITY_CONTACT, settings.SITE_URL = "mailto:security@example.com", "https://ovation.example.com"
    time_machine.move_to("2026-11-30T12:00:00Z")

    lines = client.get("/.well-known/security.txt").content.decode().splitlines()

    assert lines == [
        "Contact: mailto:security@example.com",
        "Expires: 2027-02-28T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: https://ovation.example.com/.well-known/security.txt",
    ]


def test_without_a_contact_there_is_no_security_txt(client, settings):
    settings.SECURITY_CONTACT = ""

    page = client.get("/.well-known/security.txt")

    assert page.status_code == 404
