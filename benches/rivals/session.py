"""The numbers of sessions S and T, as in `benches/src/session.rs`."""

import math

TRACKS = 24
MONO = 16
GROUPS = 4


def db(x):
    return 10 ** (x / 20)


def track(n):
    """The numbers of track `n`."""
    pan = ((n * 37) % 120 - 60) / 100
    if n < MONO:
        angle = (pan + 1) * math.pi / 4
        sides = (math.cos(angle), math.sin(angle))
    else:
        sides = (1 - max(pan, 0), 1 + min(pan, 0))
    return {
        "low": (120 + 10 * n, n % 3 - 1),
        "bell": (400 + 150 * n, n % 5 - 2),
        "high": (6000 + 200 * n, 1 + n % 2),
        "fader": -2 - n % 3,
        "pan": pan,
        "sides": sides,
        "sends": (-14 - n % 6, -18 - n % 5),
    }
