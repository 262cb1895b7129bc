#!/usr/bin/env python3
"""Make the woff2 files in static/fonts from their npm packages. Needs npm, fonttools and brotli.

    python scripts/subset_fonts.py

The published Latin files weigh 90 KB together, more than the room may weigh in all. So each is cut in three by
`unicode-range`: what every page shows, accented letters that many names have, and all other letters and signs. A
browser fetches the second and third only when a text holds one of theirs.
The display face is pinned to its one weight, the text face keeps the range from 400 to 700.
Letters of other scripts fall back to the reader's system font.
"""

import subprocess
import tarfile
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
EVERYWHERE = [*range(0x20, 0x7F), 0xA0, 0xA3, 0xA9, 0xB0, 0xB1, 0xB7, 0xD7, *map(ord, "‘’“”–—…•‹›€−↑↓")]
ACCENTED = [*map(ord, "ßàáâãäåçèéêëíïñóôõöøúü")]
RARE = sorted({*range(0xA1, 0x100)} - {*EVERYWHERE, *ACCENTED})
# npm package, version, file in it, our name, weight or range of weights
SOURCES = [
    ("bricolage-grotesque", "5.3.0", "bricolage-grotesque-latin-wght-normal.woff2", "bricolage", 725),
    ("inter", "5.3.0", "inter-latin-wght-normal.woff2", "inter", (400, 700)),
]


def fetch(package, version, folder):
    spec = f"@fontsource-variable/{package}@{version}"
    subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(Path(folder).glob(f"*{package}-{version}.tgz"))) as bundle:
        bundle.extractall(Path(folder) / package, filter="data")
    return Path(folder) / package / "package"


def shrink(source, target, letters, weights):
    font = TTFont(source)
    options = subset.Options(flavor="woff2", layout_features=["kern", "mark", "ccmp", "tnum", "locl"], hinting=False)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=letters)
    worker.subset(font)
    # After the subsetting, which fails on glyphs whose variations the narrower range has emptied.
    font = instancer.instantiateVariableFont(font, {"wght": weights})
    subset.save_font(font, target, options)
    print(f"static/fonts/{target.name} {target.stat().st_size:,} bytes")


def main():
    FONTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for package, version, file, name, weights in SOURCES:
            unpacked = fetch(package, version, folder)
            shrink(unpacked / "files" / file, FONTS / f"{name}.woff2", EVERYWHERE, weights)
            shrink(unpacked / "files" / file, FONTS / f"{name}-accented.woff2", ACCENTED, weights)
            shrink(unpacked / "files" / file, FONTS / f"{name}-rare.woff2", RARE, weights)
            (FONTS / f"LICENSE-{name}.txt").write_text((unpacked / "LICENSE").read_text())


if __name__ == "__main__":
    main()
