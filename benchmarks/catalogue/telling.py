"""What a run says: the machine and what runs on it, a line a row, and the same as JSON."""

import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import orjson
from asking import Measured

_COLUMNS = "{:26} {:>9} {:>9} {:>8} {:>6}  {:>8} {:>8} {:>8} {:>8}  {:>7} {:>7}"
_GIBIBYTE = 2**30


class Telling:
    """Prints, and keeps every result as a line of JSON where a file is named."""

    def __init__(self, out: Path | None) -> None:
        self._out: TextIO | None = out.open("a") if out else None

    def close(self) -> None:
        """Close the file."""
        if self._out:
            self._out.close()

    def head(self, **what: Mapping[str, object]) -> None:
        """Say where and with what all that follows was measured."""
        told = {"machine": machine(), **what}
        for name, said in told.items():
            print(f"{name:12} " + ", ".join(f"{key} {value}" for key, value in said.items()))
        self._keep("head", told)

    def title(self, ours: str, peer: str) -> None:
        """Print the head of the table."""
        print(f"\nA: {ours}   B: {peer}   medians of the rounds")
        one = ("A p95 ms", "B p95 ms")
        print(_COLUMNS.format("", "A req/s", "B req/s", "ratio", "goal", *one, "A alone", "B alone", "A cpu", "B cpu"))
        print(_COLUMNS.format("", "8 conn.", "8 conn.", "", "", "8 conn.", "8 conn.", "p95 ms", "p95 ms", "ms", "ms"))

    def row(self, name: str, ours: Measured, peer: Measured, goal: float | None, note: str = "") -> None:
        """Print a row of the table."""
        ratio = ours.rate / peer.rate if peer.rate else float("inf")
        print(
            _COLUMNS.format(
                name,
                f"{ours.rate:,.1f}",
                f"{peer.rate:,.1f}",
                f"{ratio:.1f}x" + _verdict(ratio, goal),
                f"{goal:g}x" if goal else "",
                *(
                    f"{value:,.2f}"
                    for value in (ours.p95, peer.p95, ours.alone_p95, peer.alone_p95, ours.cost, peer.cost)
                ),
            )
        )
        if note:
            print(f"    {note}")
        if ours.refused or peer.refused:
            print(f"    REFUSED OR BROKEN: A {ours.refused}, B {peer.refused}")
        self._keep(
            "row", {"row": name, "ours": asdict(ours), "peer": asdict(peer), "ratio": ratio, "goal": goal, "note": note}
        )

    def plain(self, name: str, ours: float, peer: float, goal: float | None, *, less: bool = False) -> None:
        """Print a row of two numbers; ``less`` is better where it says so."""
        ratio = peer / ours if less else ours / peer
        mark = f"{ratio:.1f}x" + _verdict(ratio, goal)
        print(f"{name:26} {ours:>9,.0f} {peer:>9,.0f} {mark:>8} {f'{goal:g}x' if goal else '':>6}")
        self._keep("row", {"row": name, "ours": ours, "peer": peer, "ratio": ratio, "goal": goal})

    def say(self, what: str) -> None:
        """Print a line that is no row."""
        print(what)
        self._keep("said", {"said": what})

    def _keep(self, kind: str, what: Mapping[str, object]) -> None:
        if self._out:
            self._out.write(orjson.dumps({"kind": kind, **what}, default=str).decode() + "\n")
            self._out.flush()


def machine() -> dict[str, object]:
    """Return what the numbers depend on first."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIBIBYTE
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    return {
        "cores": os.cpu_count(),
        "processor": names[0].partition(": ")[2] if names else platform.machine(),
        "memory": f"{memory:.0f} GiB",
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load before": load,
    }


def _verdict(ratio: float, goal: float | None) -> str:
    return "" if goal is None or ratio >= goal else " <"
