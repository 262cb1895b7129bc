"""Installing the site as an app: Chromium finds nothing missing, and every picture of the manifest is there."""

from struct import unpack

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "static"


def size_of(path):
    """Return the size of a PNG or JPEG as a manifest writes it: 192x192."""
    data = path.read_bytes()
    if path.suffix == ".png":
        return "{}x{}".format(*unpack(">II", data[16:24]))
    place = 2
    while data[place + 1] not in (0xC0, 0xC2):  # the first frame
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
    height, width = unpack(">HH", data[place + 5 : place + 9])
    return f"{width}x{height}"


@pytest.fixture
def browser(whole_browser):
    return whole_browser


def test_chromium_offers_to_install_the_site(desktop, vera):
    desktop.goto("/")
    devtools = desktop.context.new_cdp_session(desktop)

    found = devtools.send("Page.getAppManifest")
    assert (found["errors"], found["url"].split("/")[-1]) == ([], "site.webmanifest")
    # The windows of tests are private ones, in which Chromium installs nothing.
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors] == ["in-incognito"]


@pytest.mark.parametrize("part", ["icons", "shortcuts", "screenshots"])
def test_pictures_of_the_manifest_have_the_sizes_that_it_says(client, part):
    manifest = client.get("/site.webmanifest").json()
    pictures = [icon for one in manifest[part] for icon in one.get("icons", [one])]

    sizes = {
        one["src"]: size_of(STATIC / one["src"].removeprefix("/static/")) for one in pictures if one["sizes"] != "any"
    }
    assert sizes == {one["src"]: one["sizes"] for one in pictures if one["sizes"] != "any"}
