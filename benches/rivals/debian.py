"""Programs of Debian packages without being root: what is not installed is unpacked into a folder."""

import os
import shutil
import subprocess
from pathlib import Path

DEPENDS = ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances"]


def missing(package):
    """The package and what it hangs on, without what is installed."""
    listed = subprocess.run([*DEPENDS, package], capture_output=True, text=True)
    names = [line for line in listed.stdout.splitlines() if line and line[0].isalnum()]
    known = lambda name: subprocess.run(["dpkg-query", "-W", "-f", "${Status}", name], capture_output=True, text=True).stdout.endswith(" installed")
    return [name for name in dict.fromkeys(names) if not known(name)]


def program(work, name):
    """The path of a program and the environment that it wants, or None where it cannot be had."""
    installed = shutil.which(name)
    if installed:
        return installed, None
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    root = work / "debian"
    path = root / "usr/bin" / name
    if not path.exists():
        packages = work / "packages" / name
        packages.mkdir(parents=True, exist_ok=True)
        for package in missing(name):
            # A name that only stands for others has no file.
            subprocess.run(["apt-get", "download", package], cwd=packages, capture_output=True)
        for file in packages.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", file, root], check=True)
    if not path.exists():
        return None
    folders = [f for f in (root / "usr/lib").rglob("*") if f.is_dir() and any(f.glob("*.so*"))]
    folders += [f for f in (root / "lib").rglob("*") if f.is_dir() and any(f.glob("*.so*"))]
    environment = dict(os.environ, LD_LIBRARY_PATH=":".join(map(str, folders)))
    plugins = next(Path(root / "usr/lib").rglob("plugins64-6.0"), None)
    if plugins:
        environment["OPCODE6DIR64"] = str(plugins)
    return str(path), environment
