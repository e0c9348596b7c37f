"""From a fresh clone to the first answer, and from a second start: commands, prompts, seconds, memory.

The yardstick is EOEPCA+ 2.0's core by its own deployment guide, read in 2026: 187 commands, 49 prompts, 18 Helm
releases. Its seconds cannot be measured here (it wants a cluster and pulls images), so only what a person has to do is
held against it. The clone installs its dependencies from the registries that pip and npm are set up for.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
YARDSTICK_COMMANDS, YARDSTICK_PROMPTS = 187, 49
COMMANDS = ("make up",)


def main() -> None:
    """Clone, start, stop, start again; print what was seen."""
    with tempfile.TemporaryDirectory(prefix="thalweg-start-") as folder:
        clone = Path(folder) / "thalweg"
        subprocess.run(["git", "clone", "--quiet", REPOSITORY, clone], check=True)
        first, memory = _started(clone)
        seconds = [_started(clone)[0] for _ in range(3)]
    print(f"commands                     {len(COMMANDS):6}   EOEPCA+ core {YARDSTICK_COMMANDS}")
    print(f"prompts                      {0:6}   EOEPCA+ core {YARDSTICK_PROMPTS}")
    print(f"fresh clone to first answer  {first:6.1f} s")
    print(f"second start, median of 3    {sorted(seconds)[1]:6.2f} s  ({', '.join(f'{one:.2f}' for one in seconds)})")
    print(f"memory of the tree (PSS)     {memory:6.0f} MB")


def _started(clone: Path) -> tuple[float, float]:
    """Start without anything to type, wait for the first answer, stop; return seconds and megabytes."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("THALWEG_", "VIRTUAL_ENV"))
    }
    began = time.monotonic()
    with Path(os.devnull).open("rb") as nothing:
        tree = subprocess.Popen(
            ["make", "up", f"PORT={port}"],
            cwd=clone,
            env=environment,
            stdin=nothing,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        _until_answered(f"http://127.0.0.1:{port}", tree)
        took = time.monotonic() - began
        memory = sum(_pss(pid) for pid in _descendants(tree.pid))
    finally:
        os.killpg(tree.pid, signal.SIGINT)
        tree.wait(60)
    return took, memory


def _until_answered(url: str, tree: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 900
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except (OSError, urllib.error.URLError):
            if tree.poll() is not None:
                sys.exit(f"make up ended with {tree.returncode}")
            time.sleep(0.02)
    sys.exit("no answer after 15 minutes")


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def _pss(pid: int) -> float:
    """Return a process's share of memory in MB: what several share is divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


if __name__ == "__main__":
    main()
