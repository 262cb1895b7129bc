#!/usr/bin/env python3
"""Draw favicon.ico, the app icons and the share images from the mark and the avatars. Needs Chromium and Playwright.

python scripts/draw_icons.py
"""

import base64
import os
import struct
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).resolve().parent.parent / "static"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
MARK = '<circle cx="16" cy="20" r="8.5"/><path d="M16 3.5v4M5.6 7.2l2.6 3.1M26.4 7.2l-2.6 3.1"/>'
STROKE = 'fill="none" stroke-width="3" stroke-linecap="round"'
# The shortcuts of site.webmanifest and their pictures.
SHORTCUTS = {"live": "curtain", "balance": "coin", "live-gifts": "gem", "studio": "microphone"}
STAGE = """background: radial-gradient(ellipse 60% 60% at 50% 22%, #ffb38a, transparent 72%),
    radial-gradient(ellipse 110% 110% at 50% 12%, #d9553f 12%, #6b1f24 62%, #1a0d0e 100%)"""


def icon(size, inset):
    """The mark in the accent on paper; with a fifth of the size around it, round masks cut nothing off."""
    return f"""<body style="margin:0;width:{size}px;height:{size}px;display:grid;place-items:center;background:#faf6f0">
        <svg viewBox="0 0 32 32" width="{size - 2 * inset}" {STROKE} stroke="#d93a26">{MARK}</svg></body>"""


def shortcut_icon(size, picture):
    """A picture on paper, for a shortcut of the installed app."""
    return f"""<body style="margin:0;width:{size}px;height:{size}px;display:grid;place-items:center;background:#faf6f0">
        <img width="{size * 2 // 3}" src="{embed(f"pictures/{picture}.svg", "image/svg+xml")}"></body>"""


def bare_icon(size):
    return f"""<body style="margin:0;background:transparent">
        <svg viewBox="0 0 32 32" width="{size}" {STROKE} stroke="#d93a26" style="display:block">{MARK}</svg></body>"""


def embed(path, kind):
    return f"data:{kind};base64,{base64.b64encode((STATIC / path).read_bytes()).decode()}"


def share_image(title):
    gifts = "".join(
        f'<img width="92" src="{embed(f"gifts/{gift}.svg", "image/svg+xml")}">'
        for gift in ("spark", "panda", "clover", "encore", "drama-queen")
    )
    return f"""<style>@font-face {{ font-family: B; src: url({embed("fonts/bricolage.woff2", "font/woff2")}) }}
        body {{ margin: 0; width: 1200px; height: 630px; display: grid; place-content: center; justify-items: center;
            gap: 34px; color: #fff8f1; font: 725 118px/1 B; letter-spacing: -.02em; {STAGE} }}
        div {{ display: flex; gap: 34px; align-items: center }}
        p {{ margin: 0; font-size: 38px; letter-spacing: 0 }}</style>
        <div>{title}</div>
        <div>{gifts}</div><p>Live gifts, with their price in dollars.</p>"""


def title():
    """The mark and the name of the site that comes along."""
    return f'<svg viewBox="0 0 32 32" width="140" {STROKE} stroke="#fff8f1">{MARK}</svg>Ovation'


def corner():
    return f'<p><svg viewBox="0 0 32 32" width="56" {STROKE} stroke="#fff8f1">{MARK}</svg>Ovation</p>'


def avatar_image(avatar, words):
    """The creator's picture on the stage, for links to a creator's page and to a live."""
    return f"""<style>@font-face {{ font-family: B; src: url({embed("fonts/bricolage.woff2", "font/woff2")}) }}
        body {{ margin: 0; width: 1200px; height: 630px; position: relative; overflow: hidden; color: #fff8f1;
            font: 725 44px/1 B; letter-spacing: -.02em; {STAGE} }}
        .beam {{ position: absolute; inset: 0 34% 14%; background: linear-gradient(#fff3d6b3, #fff3d61f);
            clip-path: polygon(36% 0, 64% 0, 100% 100%, 0 100%) }}
        .floor {{ position: absolute; left: 33%; right: 33%; bottom: 8%; height: 76px; border-radius: 50%;
            background: #1a0d0e80; filter: blur(14px) }}
        .act {{ position: absolute; left: 420px; bottom: 80px; width: 360px; height: 360px }}
        p {{ position: absolute; left: 52px; top: 44px; margin: 0; display: flex; gap: 16px;
            align-items: center }}</style>
        <div class="beam"></div><div class="floor"></div>
        <img class="act" src="{embed(f"avatars/{avatar}.svg", "image/svg+xml")}">
        {words}"""


def pack_ico(png, size):
    """One PNG in an ICO container, which every browser of the last ten years reads."""
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, size, size, 0, 0, 1, 32, len(png), 22) + png


def main():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])

        def draw(html, width, height, **options):
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_content(html)
            page.wait_for_timeout(200)
            return page.screenshot(**options)

        (STATIC / "favicon.ico").write_bytes(pack_ico(draw(bare_icon(32), 32, 32, omit_background=True), 32))
        for size in (192, 512):
            (STATIC / f"icon-{size}.png").write_bytes(draw(icon(size, size // 8), size, size))
            (STATIC / f"icon-maskable-{size}.png").write_bytes(draw(icon(size, size // 5), size, size))
        for shortcut, picture in SHORTCUTS.items():
            (STATIC / f"icon-{shortcut}-96.png").write_bytes(draw(shortcut_icon(96, picture), 96, 96))
        # Beside each picture with the name stands one without, for a site that has a brand of its own.
        for folder, name, words in ((STATIC, title(), corner()), (STATIC / "unnamed", "", "")):
            (folder / "share").mkdir(parents=True, exist_ok=True)
            (folder / "share.jpg").write_bytes(draw(share_image(name), 1200, 630, type="jpeg", quality=82))
            for art in (path for path in (STATIC / "avatars").glob("*.svg") if path.stem != "crowd"):
                picture = draw(avatar_image(art.stem, words), 1200, 630, type="jpeg", quality=80)
                (folder / "share" / f"{art.stem}.jpg").write_bytes(picture)
        browser.close()


if __name__ == "__main__":
    main()
