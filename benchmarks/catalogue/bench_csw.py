"""Our CSW and our Records against pycsw on PostGIS: the same records, the same questions, answers equal, in turn.

    .venv/bin/python benchmarks/catalogue/bench_csw.py [--records 200000] [--rows text box] [--keep]

Ours is the real platform (``thalweg serve`` on a home folder of its own with SQLite, the caller anonymous, what it may
see inside each query); the peer is pycsw 2.6.2 with the tables and indexes of its own set-up on a tuned PostGIS. Each
has one web process and is asked on eight connections (wrk), then alone on one. Before a row is measured, answers of
both are compared: how many there are, and which are shown, in order. Then each is measured for ``--rounds`` rounds in
turn; what is printed is the median. Last, both are harvested by OAI-PMH. What is loaded is kept with ``--keep``.

    … bench_csw.py --growth 10000 1000000     how our questions slow down as Records grow
    … bench_csw.py --cold                     each question once: what it costs right after a change
    … bench_as_of.py                          what it costs to ask as of a time, and to take a snapshot
"""

import argparse
import contextlib
import sys
from pathlib import Path

import csw_cold
import csw_growth
import csw_harvest
import csw_profiling
import ours
import pycsw_peer
from asking import CONNECTIONS
from cluster import Cluster, cluster, tuning
from comparing import Unequal, in_turn
from csw_comparing import requests_of
from csw_loading import CswSides, load_both
from csw_rows import GOAL, CswRow, rows
from serving import Served
from telling import Telling

_PEER = 2
"""So many times as long the peer is measured: it answers few requests a second, and eight are on their way."""


def main() -> None:
    """Load both, compare, measure, print."""
    asked = _arguments()
    if asked.growth:
        csw_growth.told(asked.growth, keep=asked.keep)
        return
    with cluster() as server, contextlib.closing(Telling(asked.out)) as telling:
        _head(telling, server, asked)
        sides = load_both(server, asked.records, keep=asked.keep, anew=asked.anew)
        chosen = [row for row in rows(asked.records) if not asked.rows or any(name in row.name for name in asked.rows)]
        try:
            if asked.cold:
                csw_cold.told(sides, chosen, telling)
                return
            if asked.profile:
                with sides.ours.serving(1) as us:
                    csw_profiling.told(us, chosen, asked.seconds)
                return
            with sides.ours.serving(1) as us, sides.peer.serving() as them:
                _loading(sides, telling)
                unequal = _table(chosen, us, them, asked, telling)
                if asked.harvest and not asked.rows:
                    csw_harvest.told(us, them, asked.records, asked.harvest, telling)
        finally:
            sides.clean()
    sys.exit(f"not measured: {', '.join(unequal)}" if unequal else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200_000, help="Records in each (default 200000)")
    parser.add_argument("--rows", nargs="*", default=[], help="only rows whose name has one of these in it")
    parser.add_argument("--rounds", type=int, default=3, help="of all sides in turn (default 3)")
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement (default 2)")
    parser.add_argument("--harvest", type=int, default=5, help="first and last pages of the peer's harvest; 0: none")
    parser.add_argument("--keep", action="store_true", help="leave what was loaded for the next run")
    parser.add_argument("--anew", action="store_true", help="load even what an earlier run left")
    parser.add_argument("--growth", type=int, nargs="+", help="sizes: measure ours alone at each of them, and no more")
    parser.add_argument("--out", type=Path, help="append each result as a line of JSON to this file")
    parser.add_argument("--cold", action="store_true", help="ask each question once, of servers that remember none")
    parser.add_argument("--profile", action="store_true", help="ask ours alone and print where its time goes")
    return parser.parse_args()


def _head(telling: Telling, server: Cluster, asked: argparse.Namespace) -> None:
    run = {"Records": asked.records, "web processes": 1, "connections": CONNECTIONS, "rounds": asked.rounds}
    telling.head(
        run={**run, "seconds": asked.seconds},
        ours={**ours.versions(), "store": "sqlite", "loop": "uvloop", "http": "httptools"},
        peer={**pycsw_peer.versions(), "server": "gunicorn gthread", "threads": pycsw_peer.THREADS},
        postgres={"version": server.version, **tuning()},
    )


def _loading(sides: CswSides, telling: Telling) -> None:
    told, count = sides.told, sides.count
    telling.title("thalweg, SQLite", "pycsw, PostGIS")
    telling.plain("bulk load, Records/s", count / told["ours seconds"], count / told["peer seconds"], None)
    telling.plain(
        "bytes a Record", told["ours items bytes"] / count, told["peer records bytes"] / count, None, less=True
    )


def _table(chosen: list[CswRow], us: Served, them: Served, asked: argparse.Namespace, telling: Telling) -> list[str]:
    """Measure the rows; return the names of those whose answers were not equal."""
    unequal = []
    for row in chosen:
        try:
            csw, records, theirs = requests_of(row, us, them)
        except (Unequal, SystemExit) as problem:
            telling.say(f"{row.name:26} NOT MEASURED: {problem}")
            unequal.append(row.name)
            continue
        several = [(us, csw), (them, theirs), *([(us, records)] if records else [])]
        sides, requests = zip(*several, strict=True)
        longer = [_PEER if side is them else 1 for side in sides]
        found = in_turn(sides, requests, asked.rounds, asked.seconds, longer)
        telling.row(f"{row.name}: CSW", found[0], found[1], GOAL, row.note)
        for one in found[2:]:
            telling.row(f"{row.name}: Records", one, found[1], GOAL)
    return unequal


if __name__ == "__main__":
    main()
