#!/usr/bin/env python3
"""Copy gift art, avatars and pictures out of the npm package of Microsoft's Fluent Emoji (flat). Needs npm.

    python scripts/copy_art.py

Our file name comes first, the emoji's name in the package second. A new gift needs a line here, or any other SVG
in static/gifts/ whose licence allows it.
"""

import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
PACKAGE, VERSION = "fluent-emoji-flat", "1.2.6"
CROWD = "crowd.svg"

GIFTS = {
    # the catalog
    "spark": "sparkles", "panda": "panda", "high-note": "musical-score", "warm-tea": "hot-beverage",
    "clover": "four-leaf-clover", "balloon": "balloon", "encore": "clapping-hands", "paper-kite": "kite",
    "night-owl": "owl", "spotlight": "flashlight", "skyline": "cityscape", "slow-train": "locomotive",
    "tall-ship": "sailboat", "drama-queen": "crown", "big-top": "circus-tent", "supernova": "glowing-star",
    # for gifts that operators add
    "bouquet": "bouquet", "comet": "comet", "confetti": "party-popper", "cupcake": "cupcake",
    "ferris-wheel": "ferris-wheel", "fireworks": "fireworks", "guitar": "guitar", "honey-pot": "honey-pot",
    "koala": "koala", "lantern": "red-paper-lantern", "mirror-ball": "mirror-ball", "otter": "otter",
    "peacock": "peacock", "rainbow": "rainbow", "strawberry": "strawberry", "trumpet": "trumpet",
}  # fmt: skip

AVATARS = {
    name: name
    for name in (
        "octopus", "fox", "honeybee", "turtle", "owl", "spouting-whale", "cat-face", "frog", "lion", "unicorn",
        "penguin", "butterfly", "violin", "microphone", "artist-palette", "video-game",
    )
}  # fmt: skip

PICTURES = {
    "coin": "coin", "gem": "gem-stone", "gift": "wrapped-gift", "mask": "performing-arts", "mail": "love-letter",
    "bell": "bell", "ticket": "admission-tickets", "microphone": "studio-microphone", "key": "key", "lock": "locked",
    "shield": "shield", "phone": "mobile-phone", "laptop": "laptop", "compass": "compass", "tools": "toolbox",
    "tortoise": "turtle", "hourglass": "hourglass-not-done", "calendar": "spiral-calendar", "receipt": "receipt",
    "bank": "bank", "card": "credit-card", "scroll": "scroll", "seedling": "seedling", "handshake": "handshake",
    "curtain": "clapper-board", "wave": "waving-hand", "chart": "chart-increasing", "cloud": "cloud-with-rain",
}  # fmt: skip


def fetch_icons():
    with tempfile.TemporaryDirectory() as folder:
        spec = f"@iconify-json/{PACKAGE}@{VERSION}"
        subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as bundle:
            return json.load(bundle.extractfile("package/icons.json"))["icons"]


def write_art(folder, names, icons):
    target = STATIC / folder
    target.mkdir(parents=True, exist_ok=True)
    for ours, theirs in names.items():
        body = icons[theirs]["body"]
        (target / f"{ours}.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="96" height="96">{body}</svg>\n'
        )
    print(f"static/{folder}: {len(names)} files, {sum(f.stat().st_size for f in target.glob('*.svg')):,} bytes")


def draw_crowd():
    """Put all avatars side by side in one file, each with a view of its name. Coordinates keep one decimal."""
    sources = sorted(path for path in (STATIC / "avatars").glob("*.svg") if path.name != CROWD)
    drawn = []
    for number, source in enumerate(sources):
        body = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(), re.DOTALL)[1]
        drawn.append(f'<view id="{source.stem}" viewBox="{32 * number} 0 32 32"/>')
        drawn.append(f'<g transform="translate({32 * number})">{body}</g>')
    size = f'viewBox="0 0 {32 * len(sources)} 32"'
    content = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(drawn)}</svg>\n'
    (STATIC / "avatars" / CROWD).write_text(re.sub(r"(\.[0-9])[0-9]+", r"\1", content))


def main():
    icons = fetch_icons()
    for folder, names in (("gifts", GIFTS), ("avatars", AVATARS), ("pictures", PICTURES)):
        write_art(folder, names, icons)
    draw_crowd()


if __name__ == "__main__":
    main()
