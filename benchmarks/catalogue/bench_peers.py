"""Our STAC API against stac-fastapi-pgstac: the same Items, the same requests, answers equal, in turn, with the ratio.

    .venv/bin/python benchmarks/catalogue/bench_peers.py [--items 200000] [--store sqlite|pgstac] [--keep]

Ours is the real platform (``thalweg serve`` on a home folder of its own, the caller anonymous, what it may see inside
each query); the peer runs on its own tuned PostgreSQL. Both have one uvicorn process (``--processes``), uvloop and
httptools. Every prepared request of a row is first asked of both and must give the same Items in the same order; then
a warm-up and ``--rounds`` rounds of ours and the peer in turn, on eight connections (wrk) and alone on one. What is
printed is the median of the rounds. Data are loaded anew unless ``--keep`` left them; loading is the row "bulk ingest".
"""

import argparse
import contextlib
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ours
import peer
import psycopg
from asking import CONNECTIONS, Document, Measured, answer
from cluster import Cluster, cluster, tuning
from comparing import Unequal, in_turn, prepared
from loading import Sides, load_both
from made_items import COLLECTION
from places import clean
from profiling import profile
from rows import ROWS, Row, Sample
from serving import Served
from telling import Telling

_GROUP_BY = b"SELECT date_trunc('month', datetime), count(*) FROM pgstac.items WHERE collection = %s GROUP BY 1"
_MONTHS = "months"


def main() -> None:
    """Load both, compare, measure, print."""
    asked = _arguments()
    if asked.clean:
        clean()
        return
    with cluster() as server, contextlib.closing(Telling(asked.out)) as telling:
        _head(telling, server, asked)
        sides = load_both(server, asked.items, asked.store, keep=asked.keep, anew=asked.anew)
        sides.peer.hydration = asked.hydration
        try:
            sample = sides.sample()
            chosen = [row for row in ROWS if not asked.rows or any(name in row.name for name in asked.rows)]
            if asked.profile:
                with sides.ours.serving(1) as us:
                    for row in chosen:
                        profile(us, row, sample, asked.seconds)
                return
            with sides.ours.serving(asked.processes) as us, sides.peer.serving(asked.processes) as them:
                _table(chosen, (us, them), sides, asked, telling)
        finally:
            sides.clean()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=200_000, help="Items in each (default 200000)")
    parser.add_argument("--store", choices=("sqlite", "pgstac"), default="sqlite", help="where ours keeps them")
    parser.add_argument(
        "--hydration",
        choices=("database", "api"),
        default="database",
        help="where the peer makes Items whole (default database, as is its own)",
    )
    parser.add_argument("--rows", nargs="*", default=[], help="only rows whose name has one of these in it")
    parser.add_argument("--rounds", type=int, default=3, help="of ours and the peer in turn (default 3)")
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement (default 5)")
    parser.add_argument("--processes", type=int, default=1, help="web processes of each side (default 1)")
    parser.add_argument("--keep", action="store_true", help="leave what was loaded for the next run")
    parser.add_argument("--anew", action="store_true", help="load even what an earlier run left")
    parser.add_argument("--clean", action="store_true", help="remove all that runs have kept, and do nothing else")
    parser.add_argument("--out", type=Path, help="append each result as a line of JSON to this file")
    parser.add_argument("--profile", action="store_true", help="ask ours alone and print where its time goes")
    return parser.parse_args()


def _head(telling: Telling, server: Cluster, asked: argparse.Namespace) -> None:
    run = {"Items": asked.items, "web processes": asked.processes, "connections": CONNECTIONS, "rounds": asked.rounds}
    loop = {"loop": "uvloop", "http": "httptools"}
    durable = {"journal": "WAL", "synchronous": "FULL", "policy": "the platform's, caller anonymous"}
    telling.head(
        run={**run, "seconds": asked.seconds},
        ours={**ours.versions(), "store": asked.store, **loop, **(durable if asked.store == "sqlite" else {})},
        peer={**peer.versions(), **loop, "pool": peer.POOL, "readonly": "true", "hydration": asked.hydration},
        postgres={"version": server.version, **tuning()},
    )


def _table(
    rows: list[Row], served: tuple[Served, Served], sides: Sides, asked: argparse.Namespace, telling: Telling
) -> None:
    telling.title(served[0].name, served[1].name)
    if not asked.rows or "bulk" in asked.rows:
        _loading(sides, telling, embedded=asked.store == "sqlite")
    sample = sides.sample()
    for row in rows:
        try:
            _row(row, served, sides, sample, asked, telling)
        except (Unequal, SystemExit) as problem:
            telling.say(f"{row.name:26} NOT MEASURED: {problem}")


def _loading(sides: Sides, telling: Telling, *, embedded: bool) -> None:
    told, count = sides.told, sides.count
    telling.plain(
        "bulk ingest, Items/s", count / told["ours seconds"], count / told["peer seconds"], 4 if embedded else None
    )
    telling.plain(
        "bytes an Item",
        told["ours items bytes"] / count,
        told["peer items bytes"] / count,
        3 if embedded else None,
        less=True,
    )
    apart = ", ".join(f"{name} {told[f'ours {name} bytes'] / count:,.0f}" for name in ("outbox", "versions"))
    telling.say(f"    apart from them, of ours: {apart}")
    loaded = (told[f"{side} items bytes as loaded"] / count for side in ("ours", "peer"))
    telling.say("    as loaded, before either is tended: {:,.0f} against {:,.0f}".format(*loaded))
    if not ours.has_command():
        telling.say("    ours was loaded by Catalogue.load in one process: there is no command for it yet")


def _row(
    row: Row, served: tuple[Served, Served], sides: Sides, sample: Sample, asked: argparse.Namespace, telling: Telling
) -> None:
    goal = row.goal[asked.store == "pgstac"]
    if row.name == _MONTHS:
        requests = [row.fill(served[0], sample)]
        _check_months(answer(served[0], requests[0][0]), sides.peer.url)
        (us,) = in_turn(served[:1], requests, asked.rounds, asked.seconds)
        telling.row(row.name, us, _grouped(sides.peer.url, asked.rounds * asked.seconds), goal, row.note)
        return
    requests = prepared(row, served, sample)
    us, them = in_turn(served, requests, asked.rounds, asked.seconds)
    telling.row(row.name, us, them, goal, row.note)


def _check_months(told: Document, url: str) -> None:
    buckets = next(one["buckets"] for one in told["aggregations"] if one["name"] == "datetime_frequency")
    ours_ = {str(bucket["key"])[:7]: bucket["frequency"] for bucket in buckets if bucket["frequency"]}
    with psycopg.connect(url) as connection:
        theirs = {f"{month:%Y-%m}": count for month, count in connection.execute(_GROUP_BY, (COLLECTION,)).fetchall()}
    if ours_ != theirs:
        raise Unequal(f"months: {ours_} | {theirs}")


def _grouped(url: str, seconds: float) -> Measured:
    """Ask the peer's database alone on eight connections."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        spent = [one for each in pool.map(lambda _: _asked_alone(url, seconds), range(CONNECTIONS)) for one in each]
    alone = _asked_alone(url, seconds / 2)
    p95 = [statistics.quantiles(some, n=20)[-1] * 1e3 for some in (spent, alone)]
    return Measured(len(spent) / seconds, p95[0], statistics.median(alone) * 1e3, p95[1], 0, 0, 0)


def _asked_alone(url: str, seconds: float) -> list[float]:
    spent: list[float] = []
    begun = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        while len(spent) < 2 or time.perf_counter() - begun < seconds:
            sent = time.perf_counter()
            connection.execute(_GROUP_BY, (COLLECTION,)).fetchall()
            spent.append(time.perf_counter() - sent)
    return spent


if __name__ == "__main__":
    main()
