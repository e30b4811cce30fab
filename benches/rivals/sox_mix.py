"""Session S or T for SoX: `python sox_mix.py S|T SOX OUT.wav` prints a shell script, to be run in the sessions' folder.

The nearest that SoX has: `compand` with attack and decay of the level, 32-bit integers between its processes, Freeverb,
echoes as three taps without a filter in the loop, and `compand` with 5 ms of delay as the limiter. A track that goes to
a group and two sends is a file on the way.
"""

import sys

from session import GROUPS, MONO, TRACKS, track


def compand(threshold, ratio, attack, release, knee=6, rest=""):
    end = threshold - threshold / ratio
    return f"compand {attack},{release} {knee}:-90,-90,{threshold},{threshold},0,{end:.4f} {rest}".strip()


def chain(n):
    t = track(n)
    left, right = t["sides"]
    return " ".join([
        "highpass 80",
        f"bass {t['low'][1]} {t['low'][0]} 0.7071q",
        f"equalizer {t['bell'][0]} 1.1q {t['bell'][1]}",
        f"treble {t['high'][1]} {t['high'][0]} 0.7071q",
        compand(-18, 3, 0.01, 0.12),
        f"gain {t['fader']}",
        f"remix 1v{left:.6f} {1 if n < MONO else 2}v{right:.6f}",
    ])


def script(kind, sox, out):
    stem = lambda n: f"stems/{n:02}.wav"
    if kind == "T":
        parts = " ".join(f'-v 1 "|{sox} {stem(n)} -p {chain(n)}"' for n in range(TRACKS))
        return [f"{sox} -m {parts} -b 24 {out}"]
    lines = [f"{sox} {stem(n)} track{n}.sox {chain(n)}" for n in range(TRACKS)]
    mix = lambda parts, to, effects: f"{sox} -m {' '.join(parts)} {to} {effects}"
    for k in range(GROUPS):
        parts = [f"-v 1 track{n}.sox" for n in range(k, TRACKS, GROUPS)]
        lines.append(mix(parts, f"group{k}.sox", f"equalizer {200 + 300 * k} 0.7071q 1.5 treble -1 9000 0.7071q {compand(-16, 2, 0.02, 0.15)}"))
    sends = lambda i: [f"-v {10 ** (track(n)['sends'][i] / 20):.6f} track{n}.sox" for n in range(TRACKS)]
    lines.append(mix(sends(0), "hall.sox", "reverb -w 70 50 100 100 0 0"))
    lines.append(mix(sends(1), "echo.sox", "echos 0.8 1 375 0.35 750 0.12 1125 0.04"))
    ends = [f"-v 1 {name}.sox" for name in ["group0", "group1", "group2", "group3", "hall", "echo"]]
    master = f"highpass 25 bass 1 100 0.7071q equalizer 3000 0.7071q -1 treble 1 10000 0.7071q {compand(-14, 2, 0.02, 0.2)} compand 0.001,0.05 0:-90,-90,-1,-1,0,-1 0 0 0.005 gain -0.5"
    lines.append(mix(ends, f"-b 24 {out}", master))
    return lines


print("\n".join(script(sys.argv[1], sys.argv[2], sys.argv[3])))
