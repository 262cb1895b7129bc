#!/usr/bin/env python
"""Take the pictures of README, docs/screens.md and the manifest: start a demo in a database of its own, and look.

Usage: .venv/bin/python scripts/screenshots.py [directory [name…]]     (docs/images and static/screenshots if left out)

A name is the beginning of a picture's: with names, no other picture is taken.

scripts/screens.py has the pages of docs/screens.md, each on a phone and a desktop, in light and dark.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from screens import screens

ROOT = Path(__file__).resolve().parent.parent
SIZES = {
    "phone": {"width": 390, "height": 844},
    "side": {"width": 844, "height": 390},
    "small": {"width": 320, "height": 568},
    "desktop": {"width": 1280, "height": 860},
    "video": {"width": 1280, "height": 720},
}
LARGEST_BYTES = 200_000
WEBP_QUALITY = 78
# Until the crowd has given enough to look at.
CROWD_SECONDS = 45
# No calls home while pictures are taken.
QUIET = ["quic", "background-networking", "component-update", "sync", "gpu"]
# The background behind the overlay.
PUT_VIDEO_BEHIND = """() => {
  const light = "radial-gradient(ellipse 50% 60% at 62% 30%, #ffb38a, transparent 70%)";
  const video = document.createElement("div");
  const background = `${light}, linear-gradient(#2c4a5e, #12202b)`;
  Object.assign(video.style, { position: "fixed", inset: "0", background });
  const act = new Image();
  act.src = "/static/avatars/violin.svg";
  Object.assign(act.style, { position: "absolute", left: "50%", top: "22%", width: "24%" });
  video.append(act);
  document.body.prepend(video);
  return act.decode();
}"""


def start_demo(room, port):
    """Start a demo and return its process once it is open."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{room / 'demo.sqlite3'}", "PORT": str(port)}
    log = (room / "demo.log").open("w")
    demo = subprocess.Popen([sys.executable, ROOT / "manage.py", "demo"], env=environment, stdout=log, stderr=log)
    for _ in range(600):
        time.sleep(0.25)
        text = (room / "demo.log").read_text()
        if "Open http://localhost" in text:
            return demo
        if demo.poll() is not None:
            break
    demo.terminate()
    sys.exit(text)


def sign_in(page, person):
    page.goto("/accounts/login/")
    page.fill("input[name=login]", f"{person}@example.com")
    page.fill("input[name=password]", "ovation")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)


# --- What is looked at --------------------------------------------------------------------------


def open_room(page):
    """Walk from the list of lives into Cleo's room, and wait for the next gift."""
    page.goto("/live/")
    page.locator("[data-live-session]", has_text="Cleo").click()
    page.locator("[data-tap]").first.wait_for()


def give_twelve_pandas(page):
    """Choose the Panda and send twelve: the ring runs, and the lane counts."""
    open_room(page)
    opener = page.get_by_role("button", name="Send a gift", exact=True)
    if opener.is_visible():
        opener.click()
    for _ in range(13):
        page.locator('.offer[data-gift="panda"] summary').click()
    page.locator("#lanes .lane", has_text="×12").first.wait_for(state="attached")
    time.sleep(0.5)


def give_a_skyline(page):
    """Send a large gift, wait until it can't be undone any more, and look while it crosses the stage."""
    open_room(page)
    opener = page.get_by_role("button", name="Send a gift", exact=True)
    if opener.is_visible():
        opener.click()
    page.locator('.offer[data-gift="skyline"] summary').click()
    page.locator('.offer[data-gift="skyline"] .combo').click()
    page.get_by_role("dialog").get_by_role("button", name="Send", exact=True).click()
    page.locator("#crossing .moment").first.wait_for(timeout=15_000)
    time.sleep(0.9)


def open_studio(page):
    page.goto("/live/studio/")
    page.locator("#activity .row").first.wait_for()
    time.sleep(2)


def put_overlay_over_video(page):
    """Open the overlay at its secret address, and wait for the next alert."""
    page.goto("/live/studio/overlay/")
    page.get_by_role("button", name="Show the address").click()
    page.goto(page.get_by_label("Address for OBS").input_value())
    page.evaluate(PUT_VIDEO_BEHIND)
    page.locator("#overlay .alert").wait_for(timeout=60_000)
    time.sleep(0.5)


def open_summary(page):
    page.goto("/live/studio/history/")
    page.locator("main .row").first.click()
    page.wait_for_load_state("networkidle")


def open_wallet(page):
    page.goto("/wallet/")


def open_live_gifts(page):
    page.goto("/payouts/")
    page.wait_for_load_state("networkidle")


def open_home(page):
    page.goto("/")
    page.wait_for_load_state("networkidle")


# Name with size and, if it isn't light, scheme; person; page. Stages are JPEG: their gradients take five times the
# space as PNG.
PICTURES = [
    ("room-desktop.jpg", "vera", give_twelve_pandas),
    ("room-phone.jpg", "vera", open_room),
    ("tray-phone.jpg", "vera", give_twelve_pandas),
    ("overlay-video.jpg", "cleo", put_overlay_over_video),
    ("studio-desktop.jpg", "cleo", open_studio),
    ("summary-desktop.png", "cleo", open_summary),
    ("wallet-phone.png", "vera", open_wallet),
    ("live-gifts-desktop.png", "cleo", open_live_gifts),
    ("applause-phone.jpg", "vera", give_a_skyline),
    ("applause-desktop.jpg", "vera", give_a_skyline),
    ("room-side.jpg", "vera", open_room),
    ("room-small.jpg", "vera", open_room),
    ("tray-side.jpg", "vera", give_twelve_pandas),
    ("tray-small.jpg", "vera", give_twelve_pandas),
]
# The pictures that the manifest names (people/brand_views.py).
INSTALL = [
    ("home-phone.jpg", "vera", open_home),
    ("tray-phone.jpg", "vera", give_twelve_pandas),
    ("live-gifts-phone.jpg", "cleo", open_live_gifts),
    ("room-desktop.jpg", "vera", give_twelve_pandas),
    ("live-gifts-desktop.jpg", "cleo", open_live_gifts),
]


def take(page, path):
    """Take a picture of the page; say how large it is."""
    # Animations run on: a stopped one would show a combo's ring at its end.
    if path.suffix == ".webp":
        Image.open(BytesIO(page.screenshot())).convert("RGB").save(path, quality=WEBP_QUALITY, method=6)
    else:
        page.screenshot(path=path, **({"type": "jpeg", "quality": 84} if path.suffix == ".jpg" else {}))
    size = path.stat().st_size
    print(f"{path.name}: {size // 1000} kB{'' if size <= LARGEST_BYTES else ', more than a README should carry'}")


def take_all(windows, pictures, images):
    """Take each picture in a window of its size and scheme. `windows` opens one for a person."""
    images.mkdir(parents=True, exist_ok=True)
    wanted = tuple(sys.argv[2:])
    for name, person, look_at in pictures:
        if wanted and not name.startswith(wanted):
            continue
        *_, size = Path(name).stem.removesuffix("-dark").split("-")
        scheme = "dark" if Path(name).stem.endswith("-dark") else "light"
        page = windows(person, viewport=SIZES[size], color_scheme=scheme)
        look_at(page)
        take(page, images / name)
        page.context.close()


def windows_of(browser, port):
    """Return a function that opens a window for a person, who logs in once."""
    states = {}

    def open_window(person, **options):
        address = f"http://localhost:{port}"
        if person not in states:
            context = browser.new_context(base_url=address)
            sign_in(context.new_page(), person)
            states[person] = context.storage_state()
            context.close()
        return browser.new_context(base_url=address, storage_state=states[person], **options).new_page()

    return open_window


def main(directories):
    room = Path(tempfile.mkdtemp(prefix="ovation-pictures-"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    demo = start_demo(room, port)
    time.sleep(CROWD_SECONDS)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
                args=["--no-sandbox", "--no-first-run", *(f"--disable-{feature}" for feature in QUIET)],
            )
            windows = windows_of(browser, port)
            for pictures, images in zip([PICTURES, screens(), INSTALL], directories, strict=True):
                take_all(windows, pictures, images)
            browser.close()
    finally:
        demo.terminate()
        demo.wait(10)
        shutil.rmtree(room, ignore_errors=True)


if __name__ == "__main__":
    elsewhere = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    images = elsewhere or ROOT / "docs" / "images"
    main([images, images / "screens", elsewhere / "install" if elsewhere else ROOT / "static" / "screenshots"])
