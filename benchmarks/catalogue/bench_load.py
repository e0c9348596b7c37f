"""How fast Items are loaded into the embedded store, by how many processes, and where the time goes.

    .venv/bin/python benchmarks/catalogue/bench_load.py [--items 50000] [--processes 1 2] [--strictness extensions off]

Each row is ``thalweg catalogue load`` into an empty platform, from its start to its end, processes started and all,
and the CPU time of all of them; starting takes some 3 s of it, so few Items tell little. Bytes are of the file of Items
once its log is written back. The steps are CPU time of one process, the chunks of the same file taken in turn by each
step alone. bench_peers.py compares with pypgstac.
"""

import argparse
import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw
import orjson
from load_ours import chunks
from loading import items_file
from made_items import COLLECTION
from places import HERE

from thalweg.app.compose import Platform
from thalweg.app.settings import Settings
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.strictness import Rules, Strictness
from thalweg.catalogue.validation import Validator
from thalweg.identity.service import ADMIN

T = TypeVar("T")
_CHUNK = 1_000
_STEPS_OF = 5_000


def main() -> None:
    """Load by each number of processes and strictness, then measure the steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=50_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--strictness", nargs="+", default=["extensions", "off"], choices=[*Strictness])
    asked = parser.parse_args()
    file = items_file(asked.items)
    size = file.stat().st_size // asked.items
    print(f"{asked.items} Items of {size} bytes; load of the machine {os.getloadavg()[0]:.1f}")
    for strictness in asked.strictness:
        for processes in asked.processes:
            with tempfile.TemporaryDirectory(prefix="thalweg-bench-") as folder:
                seconds, spent, size = _loaded(file, Path(folder), processes, strictness)
            told = (
                f"{asked.items / seconds:8,.0f} Items/s, {spent / asked.items * 1e6:5.0f} µs of CPU and"
                f" {size / asked.items:6,.0f} bytes an Item"
            )
            print(f"{strictness:>10}, {processes} processes: {told}")
    with tempfile.TemporaryDirectory(prefix="thalweg-bench-") as folder:
        _steps(file, Path(folder))


def _environment(home: Path) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("THALWEG_")}
    return {**others, "THALWEG_HOME": str(home)}


def _prepared(home: Path, strictness: str) -> None:
    subprocess.run([sys.executable, HERE / "load_ours.py", "prepare", "1"], env=_environment(home), check=True)
    platform = Platform(Settings(home=home))
    platform.catalogue.patch_collection(COLLECTION, {"thalweg:validation": {"strictness": strictness}}, ADMIN)
    platform.item_store.close()
    platform.control.dispose()


def _loaded(file: Path, home: Path, processes: int, strictness: str) -> tuple[float, float, int]:
    """Return the seconds of a load, the CPU time of its processes, and the bytes of the file of Items."""
    _prepared(home, strictness)
    command = [sys.executable, "-m", "thalweg.app.cli", "catalogue", "load", str(file), "--processes", str(processes)]
    begun, before = time.perf_counter(), _spent_by_children()
    subprocess.run(command, env=_environment(home), check=True, stdout=subprocess.DEVNULL)
    seconds, spent = time.perf_counter() - begun, _spent_by_children() - before
    connection = apsw.Connection(str(home / "items.sqlite"))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()
    return seconds, spent, (home / "items.sqlite").stat().st_size


def _spent_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _steps(file: Path, home: Path) -> None:
    _prepared(home, "off")
    platform = Platform(Settings(home=home))
    validator = Validator(platform.outbound.check_spelling, Limits())
    spent: dict[str, float] = {}
    gc.disable()  # as a load does
    with file.open("rb") as lines:
        for number, chunk in enumerate(chunks(lines, _CHUNK)):
            if number * _CHUNK > _STEPS_OF:
                break
            documents = _timed(spent, "parse", lambda chunk=chunk: [orjson.loads(line) for line in chunk])
            for strictness in Strictness:
                rules = Rules(strictness)
                _timed(
                    spent,
                    f"validate, {strictness}",
                    lambda documents=documents, rules=rules: list(
                        validator.items([(one, "", rules) for one in documents])
                    ),
                )
            _timed(spent, "all, off", lambda documents=documents: platform.catalogue.load(documents, ADMIN))
            if number == 0:
                spent.clear()  # the first chunk teaches dictionaries, numbers and schemas
    spent["pack and write"] = spent["all, off"] - spent["validate, off"]
    for step, seconds in spent.items():
        print(f"{step:>22}: {seconds / _STEPS_OF * 1e6:6.0f} µs an Item")


def _timed(spent: dict[str, float], step: str, work: Callable[[], T]) -> T:
    begun = time.process_time()
    done = work()
    spent[step] = spent.get(step, 0.0) + time.process_time() - begun
    return done


if __name__ == "__main__":
    main()
