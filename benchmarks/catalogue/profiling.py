"""Where the time of our web process goes while a row is asked: py-spy looks at it a thousand times a second."""

import subprocess
import tempfile
from collections import Counter

from asking import Request, answered, measure
from peer import environment
from rows import Row, Sample
from serving import Served

_SHOWN = 30
_LONGEST = 100
_IDLE = "Condition.wait "


def profile(served: Served, row: Row, sample: Sample, seconds: float) -> None:
    """Ask a row of ours alone and print the functions that it spends its time in."""
    profiled(served, row.name, row.fill(served, sample), seconds)


def profiled(served: Served, name: str, requests: list[Request], seconds: float) -> None:
    """Ask some requests of ours alone and print the functions that it spends its time in."""
    answered(served, requests[0])
    measure(served, requests, 1)
    with tempfile.NamedTemporaryFile("r") as file:
        program = environment() / "bin" / "py-spy"
        options = ["--pid", str(served.pids[0]), "--duration", str(round(seconds)), "--rate", "1000"]
        command = [program, "record", *options, "--format", "raw", "--output", file.name, "--subprocesses"]
        looking = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        told = measure(served, requests, seconds)
        looking.wait(seconds + 60)
        _print(name, told.rate, file.read())


def _print(name: str, rate: float, folded: str) -> None:
    own, within, total = Counter[str](), Counter[str](), 0
    for line in folded.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if frames[-1].startswith(_IDLE):
            continue
        own[frames[-1]] += int(count)
        within.update(dict.fromkeys(frames, int(count)))
        total += int(count)
    print(f"\n{name}: {rate:,.0f} req/s while looked at, {total} samples")
    for title, counted in (("itself", own), ("with what it calls", within)):
        print(f"  {title}")
        for frame, count in counted.most_common(_SHOWN):
            print(f"  {100 * count / max(1, total):6.1f} %  {frame[:_LONGEST]}")
