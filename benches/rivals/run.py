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

import debian

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def cargo(*args):
    subprocess.run(["cargo", *args], cwd=ROOT, check=True)


def timed(command, cwd):
    """Seconds of the processor, over all threads; a command is its arguments and the environment it wants."""
    arguments, environment = command
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # What it says of itself is not ours; only a failure is shown.
    done = subprocess.run(arguments, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{arguments[0]} fails:\n{done.stderr[-2000:]}")
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


def written(script, *arguments):
    """What one of the scripts beside this one prints."""
    return subprocess.run([sys.executable, HERE / script, *arguments], capture_output=True, text=True, check=True).stdout


def by_python(work):
    """Rivals that are Python packages."""
    python = python_with(work, "pedalboard")
    if not python:
        print("pedalboard cannot be installed: left out")
        return {}
    return {"pedalboard": lambda song: ([python, str(HERE / "pedalboard_mix.py"), song, ".", "pedalboard.wav"], None)}


def by_programs(work):
    """Rivals that are programs, installed or unpacked from the distribution's packages."""

    def ffmpeg(song, path, environment):
        return [path, *written("ffmpeg_mix.py", song, ".", "ffmpeg.wav").splitlines()], environment

    def sox(song, path, environment):
        return ["sh", "-e", "-c", written("sox_mix.py", song, path, "sox.wav")], environment

    def csound(song, path, environment):
        (work / f"{song}.csd").write_text(written("csound_mix.py", song))
        return [path, "-W", "-3", "-m0", "-d", "-o", "csound.wav", f"{song}.csd"], environment

    rivals = {}
    for name, command in {"ffmpeg": ffmpeg, "sox": sox, "csound": csound}.items():
        got = debian.program(work, name)
        if got:
            rivals[name] = lambda song, command=command, got=got: command(song, *got)
        else:
            print(f"{name} is not installed and cannot be had: left out")
    return rivals


def main():
    work = Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    cargo("build", "--release", "-p", "mixdown")
    if not (work / "S.mix").exists():
        cargo("run", "--release", "-p", "mixdown-benches", "--bin", "make_sessions", "--", str(work), "60")
    ours = str(ROOT / "target/release/mixdown")
    rivals = {"mixdown": lambda song: ([ours, "render", f"{song}.mix", "--threads", "1", "--quiet", "-o", "mixdown.wav"], None)}
    rivals.update(by_python(work))
    rivals.update(by_programs(work))
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
