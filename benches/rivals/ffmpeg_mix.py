"""The ffmpeg command line of session S or T: `python ffmpeg_mix.py S|T FOLDER OUT.wav` prints one argument a line.

The nearest that ffmpeg's filters have: `acompressor` with its own knee, echoes without a filter in the loop, the reverb
by echoes too (ffmpeg has none but by impulse responses), `alimiter` without oversampling.
"""

import sys

from session import MONO, TRACKS, db, track


def compressor(threshold, ratio, attack, release):
    return f"acompressor=threshold={db(threshold):.5f}:ratio={ratio}:attack={attack}:release={release}:knee=2"


def arguments(kind, folder, out):
    args = ["-nostdin", "-v", "error", "-y"]
    graph, ends = [], {k: [] for k in ("mix", 0, 1, 2, 3, "hall", "echo")}
    for n in range(TRACKS):
        t = track(n)
        args += ["-i", f"{folder}/stems/{n:02}.wav"]
        chain = [
            "highpass=f=80",
            f"bass=f={t['low'][0]}:g={t['low'][1]}:w=0.7071",
            f"equalizer=f={t['bell'][0]}:g={t['bell'][1]}:t=q:w=1.1",
            f"treble=f={t['high'][0]}:g={t['high'][1]}:w=0.7071",
            compressor(-18, 3, 10, 120),
            f"volume={t['fader']}dB",
        ]
        left, right = t["sides"]
        chain.append(f"pan=stereo|c0={left:.5f}*c0|c1={right:.5f}*{'c0' if n < MONO else 'c1'}")
        if kind == "T":
            graph.append(f"[{n}:a]{','.join(chain)}[t{n}]")
            ends["mix"].append(f"[t{n}]")
            continue
        graph.append(f"[{n}:a]{','.join(chain)},asplit=3[t{n}][h{n}_][e{n}_]")
        graph.append(f"[h{n}_]volume={t['sends'][0]}dB[h{n}]")
        graph.append(f"[e{n}_]volume={t['sends'][1]}dB[e{n}]")
        ends[n % 4].append(f"[t{n}]")
        ends["hall"].append(f"[h{n}]")
        ends["echo"].append(f"[e{n}]")
    sum_of = lambda names: f"{''.join(names)}amix=inputs={len(names)}:normalize=0"
    if kind == "S":
        for k in range(4):
            chain = f"equalizer=f={200 + 300 * k}:g=1.5:t=q:w=0.7071,treble=f=9000:g=-1:w=0.7071,{compressor(-16, 2, 20, 150)}"
            graph.append(f"{sum_of(ends[k])},{chain}[g{k}]")
        graph.append(f"{sum_of(ends['hall'])},aecho=1:1:46|51|57|64|70|77|84|92:0.35|0.35|0.3|0.3|0.25|0.25|0.2|0.2[hall]")
        graph.append(f"{sum_of(ends['echo'])},aecho=1:1:375|750|1125:0.35|0.12|0.04[echo]")
        ends["mix"] = ["[g0]", "[g1]", "[g2]", "[g3]", "[hall]", "[echo]"]
        master = f",highpass=f=25,bass=f=100:g=1:w=0.7071,equalizer=f=3000:g=-1:t=q:w=0.7071,treble=f=10000:g=1:w=0.7071,{compressor(-14, 2, 20, 200)},alimiter=limit=0.89:attack=5:release=50:level=0,volume=-0.5dB"
    else:
        master = ""
    graph.append(f"{sum_of(ends['mix'])}{master}[out]")
    return args + ["-filter_complex", ";".join(graph), "-map", "[out]", "-c:a", "pcm_s24le", out]


print("\n".join(arguments(sys.argv[1], sys.argv[2], sys.argv[3])))
