"""Session S or T for Csound: `python csound_mix.py S|T` prints a `.csd`, to be run in the sessions' folder.

The nearest that Csound has: `compress2` with its own knee and 1 ms of lookahead, `reverbsc` as the hall, and `compress2`
at 100:1 with 5 ms of lookahead as the limiter. Blocks of 64 samples, 64-bit floats.
"""

import sys

from session import GROUPS, MONO, TRACKS, db, track

SECONDS = 60


def compressor(signal, level, threshold, ratio, attack, release, ahead=0.001):
    return f"{signal} compress2 {signal}, {level}, -120, {threshold - 3}, {threshold + 3}, {ratio}, {attack}, {release}, {ahead}"


def filters(signal, bands):
    return [f"{signal} rbjeq {signal}, {freq}, {db(gain):.6f}, {q}, 1, {mode}" for freq, gain, q, mode in bands]


def strip(n, full):
    """One track; modes: 2 high-pass, 8 bell, 10 and 12 shelves."""
    t = track(n)
    sides = ["aL"] if n < MONO else ["aL", "aR"]
    lines = [f"instr {n + 1}", f'{", ".join(sides)} diskin2 "stems/{n:02}.wav", 1']
    bands = [(80, 0, 0.7071, 2), (*t["low"], 0.7071, 10), (*t["bell"], 1.1, 8), (*t["high"], 0.7071, 12)]
    for side in sides:
        lines += filters(side, bands)
    level = "aV"
    lines.append("aV = aL" if n < MONO else "aV max abs(aL), abs(aR)")
    lines += [compressor(side, level, -18, 3, 0.01, 0.12) for side in sides]
    left, right = (db(t["fader"]) * s for s in t["sides"])
    lines += [f"aOutL = aL * {left:.6f}", f"aOutR = {sides[-1]} * {right:.6f}"]
    ways = [(f"g{n % GROUPS}", 1.0), ("hall", db(t["sends"][0])), ("echo", db(t["sends"][1]))] if full else [("mix", 1.0)]
    for way, gain in ways:
        lines += [f"ga_{way}L += aOutL * {gain:.6f}", f"ga_{way}R += aOutR * {gain:.6f}"]
    return [*lines, "endin"]


def rest():
    """Groups, hall, echo and master."""
    lines = ["instr 100"]
    for k in range(GROUPS):
        bands = [(200 + 300 * k, 1.5, 0.7071, 8), (9000, -1, 0.7071, 12)]
        lines += [f"aL = ga_g{k}L", f"aR = ga_g{k}R", *filters("aL", bands), *filters("aR", bands), "aV max abs(aL), abs(aR)"]
        lines += [compressor(side, "aV", -16, 2, 0.02, 0.15) for side in ("aL", "aR")]
        lines += ["ga_mixL += aL", "ga_mixR += aR", f"ga_g{k}L = 0", f"ga_g{k}R = 0"]
    lines += ["aL, aR reverbsc ga_hallL, ga_hallR, 0.8, 6000", "ga_mixL += aL", "ga_mixR += aR", "ga_hallL = 0", "ga_hallR = 0"]
    lines += ["aTapL delayr 0.375", "aTapR delayr 0.375", "aToneL tone aTapL, 4000", "aToneR tone aTapR, 4000"]
    lines += ["delayw (ga_echoL + ga_echoR) * 0.5 + aToneR * 0.35", "delayw aToneL * 0.35"]
    lines += ["ga_mixL += aToneL", "ga_mixR += aToneR", "ga_echoL = 0", "ga_echoR = 0", "aL = ga_mixL", "aR = ga_mixR"]
    bands = [(25, 0, 0.7071, 2), (100, 1, 0.7071, 10), (3000, -1, 0.7071, 8), (10_000, 1, 0.7071, 12)]
    lines += [*filters("aL", bands), *filters("aR", bands)]
    for threshold, ratio, attack, release, ahead in [(-14, 2, 0.02, 0.2, 0.001), (-4, 100, 0.001, 0.05, 0.005)]:
        lines.append("aV max abs(aL), abs(aR)")
        lines += [compressor(side, "aV", threshold, ratio, attack, release, ahead) for side in ("aL", "aR")]
    gain = f"{db(-0.5):.6f}"
    return [*lines, f"outs aL * {gain}, aR * {gain}", "ga_mixL = 0", "ga_mixR = 0", "endin"]


def main(kind):
    full = kind == "S"
    ways = ["mix", *(["hall", "echo", *(f"g{k}" for k in range(GROUPS))] if full else [])]
    lines = ["<CsoundSynthesizer>", "<CsInstruments>", "sr = 48000", "ksmps = 64", "nchnls = 2", "0dbfs = 1"]
    lines += [f"ga_{way}{side} init 0" for way in ways for side in "LR"]
    for n in range(TRACKS):
        lines += strip(n, full)
    lines += rest() if full else ["instr 100", "outs ga_mixL, ga_mixR", "ga_mixL = 0", "ga_mixR = 0", "endin"]
    lines += ["</CsInstruments>", "<CsScore>", *(f"i {i} 0 {SECONDS}" for i in [*range(1, TRACKS + 1), 100])]
    print("\n".join([*lines, "</CsScore>", "</CsoundSynthesizer>"]))


main(sys.argv[1])
