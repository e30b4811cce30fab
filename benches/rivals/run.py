"""Times the rivals on sessions S and T beside our own program, in turns, and prints what they take.

    python benches/rivals/run.py WORK [ROUNDS]

`WORK` is a folder for the sessions (about 300 MB) and a Python environment. Whatever is not there and cannot be
installed is said and left out. The figures also go to `target/rivals.json`, from where the table of
`cargo run --release -p mixdown-benches` takes its row.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def cargo(*args):
    subprocess.run(["cargo", *args], cwd=ROOT, check=True)


def timed(command, cwd):
    """Seconds of the processor, over all threads."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def python_with(work, package):
    """An environment with a package, or None where it cannot be had."""
    place = work / "venv"
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(place, with_pip=True)
    if subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode != 0:
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", package, "numpy"])
        if done.returncode != 0:
            return None
    return str(python)


def main():
    work = Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    cargo("build", "--release", "-p", "mixdown")
    if not (work / "S.mix").exists():
        cargo("run", "--release", "-p", "mixdown-benches", "--bin", "make_sessions", "--", str(work), "60")
    ours = str(ROOT / "target/release/mixdown")
    rivals = {"mixdown": lambda song: [ours, "render", f"{song}.mix", "--threads", "1", "--quiet", "-o", "mixdown.wav"]}
    python = python_with(work, "pedalboard")
    if python:
        rivals["pedalboard"] = lambda song: [python, str(HERE / "pedalboard_mix.py"), song, ".", "pedalboard.wav"]
        if shutil.which("ffmpeg"):
            def ffmpeg(song):
                made = subprocess.run([python, str(HERE / "ffmpeg_mix.py"), song, ".", "ffmpeg.wav"], capture_output=True, text=True, check=True)
                return ["ffmpeg", *made.stdout.splitlines()]
            rivals["ffmpeg"] = ffmpeg
        else:
            print("ffmpeg is not installed: left out")
    else:
        print("pedalboard cannot be installed: left out")
    found = {name: {} for name in rivals}
    for song in ("S", "T"):
        commands = {name: command(song) for name, command in rivals.items()}
        for _ in range(rounds):
            for name, command in commands.items():
                took = timed(command, work)
                found[name][song] = min(took, found[name].get(song, took))
    print(f"{'CPU seconds':<14} {'S':>8} {'T':>8} {'S, ours is':>12} {'T, ours is':>12}")
    for name, took in found.items():
        ratio = [f"{took[s] / found['mixdown'][s]:.1f}x" for s in ("S", "T")]
        print(f"{name:<14} {took['S']:8.2f} {took['T']:8.2f} {ratio[0]:>12} {ratio[1]:>12}")
    target = ROOT / "target"
    target.mkdir(exist_ok=True)
    (target / "rivals.json").write_text(json.dumps(found, indent=2))


main()
