"""Make the overlay's sounds in static/sounds: short, quiet at both ends, from sines and noise alone.

    python scripts/make_sounds.py

The same numbers come out each time, so the files change only when this one does.
"""

import math
import random
import struct
import wave
from pathlib import Path

RATE = 22_050
LOUDEST = 0.8
OUT = Path(__file__).parent.parent / "static" / "sounds"


def chime():
    """Two bells, a fifth apart, the second a moment later."""
    samples = silence(0.95)
    for start, pitch in ((0, 784.0), (0.11, 1174.7)):
        for times, loud, lasting in ((1, 1, 0.28), (2.01, 0.35, 0.16), (3.02, 0.14, 0.08)):
            add(samples, start, lambda t, p=pitch * times, a=loud, d=lasting: a * math.sin(TURN * p * t) * fade(t, d))
    return samples


def clap():
    """A few people, not quite together: bursts of noise without its lowest part."""
    chance = random.Random(7)
    samples = silence(1.1)
    for _ in range(26):
        start, loud, before = chance.uniform(0, 0.8), chance.uniform(0.3, 1), 0.0
        noise = []
        for n in range(int(0.05 * RATE)):
            value = chance.uniform(-1, 1)
            noise.append((value - 0.7 * before) * loud * fade(n / RATE, 0.011) * (1 - start / 1.2))
            before = value
        add(samples, start, lambda t, noise=noise: noise[int(t * RATE)] if t * RATE < len(noise) else 0)
    return samples


def drum():
    """Two soft strokes on a low drum, the second stronger."""
    samples = silence(0.75)
    for start, loud in ((0, 0.6), (0.16, 1)):

        def stroke(t, loud=loud):
            bent = 72 * t + 2.6 * (1 - fade(t, 0.045))
            return loud * math.sin(TURN * bent) * fade(t, 0.13)

        add(samples, start, stroke)
    return samples


TURN = 2 * math.pi


def silence(seconds):
    return [0.0] * int(seconds * RATE)


def fade(t, lasting):
    return math.exp(-t / lasting)


def add(samples, start, sound):
    begin = int(start * RATE)
    for n in range(begin, len(samples)):
        # Two milliseconds to begin: a sample that jumps is heard as a click.
        samples[n] += sound((n - begin) / RATE) * min(1, (n - begin) / (0.002 * RATE))


def write(name, samples):
    peak = max(abs(value) for value in samples)
    end = int(0.03 * RATE)
    with wave.open(str(OUT / f"{name}.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for n, value in enumerate(samples):
            loud = LOUDEST / peak * min(1, (len(samples) - n) / end)
            file.writeframesraw(struct.pack("<h", int(value * loud * 32_767)))


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for make in (chime, clap, drum):
        write(make.__name__, make())
