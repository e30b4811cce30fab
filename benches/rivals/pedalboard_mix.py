"""Sessions S and T by pedalboard: `python pedalboard_mix.py S|T FOLDER OUT.wav`.

The nearest that pedalboard has, which is less work than ours: its high-pass is of first order, its compressor has no
knee and detects channels apart, its limiter does not look ahead, its reverb is Freeverb, its delay is mono and has no
filter in the loop.
"""

import sys

import numpy as np
from pedalboard import (Compressor, Delay, Gain, HighpassFilter, HighShelfFilter, Limiter, LowShelfFilter, PeakFilter,
                        Pedalboard, Reverb)
from pedalboard.io import AudioFile

from session import GROUPS, TRACKS, db, track

RATE = 48_000


def render(kind, folder, out):
    groups = mix = hall = echo = None
    for n in range(TRACKS):
        t = track(n)
        with AudioFile(f"{folder}/stems/{n:02}.wav") as f:
            audio = f.read(f.frames)
        board = Pedalboard([
            HighpassFilter(80),
            LowShelfFilter(t["low"][0], t["low"][1], 0.7071),
            PeakFilter(t["bell"][0], t["bell"][1], 1.1),
            HighShelfFilter(t["high"][0], t["high"][1], 0.7071),
            Compressor(-18, 3, 10, 120),
            Gain(t["fader"]),
        ])
        audio = board(audio, RATE)
        left, right = t["sides"]
        audio = np.vstack([audio[0] * np.float32(left), audio[-1] * np.float32(right)])
        if mix is None:
            mix = np.zeros_like(audio)
            groups = [np.zeros_like(audio) for _ in range(GROUPS)]
            hall, echo = np.zeros_like(audio), np.zeros_like(audio)
        if kind == "T":
            mix += audio
            continue
        groups[n % GROUPS] += audio
        hall += audio * np.float32(db(t["sends"][0]))
        echo += audio * np.float32(db(t["sends"][1]))
    if kind == "S":
        for k, group in enumerate(groups):
            bus = Pedalboard([PeakFilter(200 + 300 * k, 1.5, 0.7071), HighShelfFilter(9000, -1, 0.7071), Compressor(-16, 2, 20, 150)])
            mix += bus(group, RATE)
        mix += Pedalboard([Reverb(room_size=0.7, damping=0.5, wet_level=1, dry_level=0)])(hall, RATE)
        mix += Pedalboard([Delay(0.375, 0.35, 1.0)])(echo, RATE)
        master = Pedalboard([
            HighpassFilter(25),
            LowShelfFilter(100, 1, 0.7071),
            PeakFilter(3000, -1, 0.7071),
            HighShelfFilter(10_000, 1, 0.7071),
            Compressor(-14, 2, 20, 200),
            Limiter(-1, 50),
            Gain(-0.5),
        ])
        mix = master(mix, RATE)
    with AudioFile(out, "w", RATE, 2, bit_depth=24) as f:
        f.write(mix)


render(sys.argv[1], sys.argv[2], sys.argv[3])
