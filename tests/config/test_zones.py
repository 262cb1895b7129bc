"""Zones: pages show the times of any zone that a browser names, also if the machine's zone data lacks the name."""

import zoneinfo
from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from config.zones import known_zones, zone_from
from people.models import Notice
from tests.factories import make_user

JULY = datetime(2026, 7, 1, 12, tzinfo=UTC)
# Old and new names of one place; names that Debian 13 moved to a package of its own; what Chromium says without a zone.
NAMES = {
    "Asia/Calcutta": 17.5, "Asia/Kolkata": 17.5, "Europe/Kiev": 15, "Europe/Kyiv": 15, "US/Pacific": 5,
    "America/Ciudad_Juarez": 6, "Asia/Saigon": 19, "Asia/Katmandu": 17.75, "America/Buenos_Aires": 9,
    "Pacific/Kanton": 25, "Etc/GMT+5": 7, "UTC": 12, "GMT": 12,
}  # fmt: skip


@pytest.fixture
def no_zone_data_of_its_own():
    """Hide the machine's zone files: zoneinfo has the package tzdata alone."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[])
    zoneinfo.ZoneInfo.clear_cache()
    known_zones.cache_clear()
    yield
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()
    known_zones.cache_clear()


@pytest.mark.parametrize("name", NAMES)
def test_names_of_browsers_are_known_on_any_machine(no_zone_data_of_its_own, name):
    local = JULY.astimezone(zone_from({"tz": name}))

    hours = local.hour + local.minute / 60 + 24 * (local.day - JULY.day)
    assert hours == NAMES[name]


@pytest.mark.parametrize(
    ("name", "minutes", "offset"),
    [
        ("Mars/Olympus", "330", 330),
        ("Etc/Unknown", "-210", -210),
        ("undefined", "0", 0),
        ("", "840", 840),
        ("../../etc/passwd", "60", 60),
        ("Europe/Lisbon", "330", 60),
        ("Mars/Olympus", "", None),
        ("Mars/Olympus", "9999", None),
        ("Mars/Olympus", "٣٣٠", None),
        ("Mars/Olympus", "1e3", None),
        ("Mars/Olympus", "9" * 5_000, None),
        ("\x00", "NaN", None),
    ],
)
def test_unknown_name_is_replaced_by_its_distance_from_utc(name, minutes, offset):
    zone = zone_from({"tz": name, "tz_minutes": minutes})

    assert (zone and JULY.astimezone(zone).utcoffset().total_seconds() / 60) == offset


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "shown"), [("330", "17:30"), ("", "12:00"), ("junk", "12:00")])
def test_page_shows_times_of_a_zone_whose_name_nobody_knows(client, minutes, shown):
    vera = make_user("Vera")
    client.force_login(vera)
    Notice.objects.create(user=vera, text="Thank you.", created_at=JULY)
    client.cookies["tz"], client.cookies["tz_minutes"] = "Mars/Olympus", minutes

    with time_machine.travel(JULY, tick=False):
        page = client.get("/notices/")

    assert page.status_code == 200
    assert shown in page.content.decode()
    assert timezone.get_current_timezone_name() == "UTC"
