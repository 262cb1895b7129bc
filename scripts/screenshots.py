#!/usr/bin/env python
"""Take the README's pictures: start a demo in a database of its own, sign in as its people, and look at their pages.

Usage: .venv/bin/python scripts/screenshots.py [directory]     (docs/images if left out)
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 860}}
LARGEST_BYTES = 200_000
# No calls home while pictures are taken.
QUIET = ["quic", "background-networking", "component-update", "sync", "gpu"]
# Name with size, who looks, address. The stage is all gradients, which PNG keeps at five times the size.
PICTURES = [
    ("room-desktop.jpg", "vera", "/live/"),
    ("room-phone.jpg", "vera", "/live/"),
    ("wallet-phone.png", "vera", "/wallet/"),
    ("live-gifts-desktop.png", "cleo", "/payouts/"),
]


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


def open_room(page):
    """Walk from the list of lives into Cleo's room, and wait until somebody gives."""
    page.locator("[data-live-session]", has_text="Cleo").click()
    page.locator("[data-tap]").first.wait_for()
    time.sleep(6)


def take(page, address, path):
    """Take a picture of the page at the address; say how large it is."""
    page.goto(address)
    if address == "/live/":
        open_room(page)
    else:
        page.wait_for_load_state("networkidle")
    quality = {"type": "jpeg", "quality": 84} if path.suffix == ".jpg" else {}
    page.screenshot(path=path, animations="disabled", **quality)
    size = path.stat().st_size
    print(f"{path.name}: {size // 1000} kB{'' if size <= LARGEST_BYTES else ', more than a README should carry'}")


def main(images):
    images.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix="ovation-pictures-"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    demo = start_demo(room, port)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
                args=["--no-sandbox", "--no-first-run", *(f"--disable-{feature}" for feature in QUIET)],
            )
            for name, person, address in PICTURES:
                size = Path(name).stem.split("-")[-1]
                context = browser.new_context(base_url=f"http://localhost:{port}", viewport=SIZES[size])
                page = context.new_page()
                sign_in(page, person)
                take(page, address, images / name)
                context.close()
            browser.close()
    finally:
        demo.terminate()
        demo.wait(10)
        shutil.rmtree(room, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
