"""Our searches for callers who see little, much and all: 12,000 workspaces, each a visibility class of its own.

    .venv/bin/python benchmarks/catalogue/bench_callers.py [--items 200000] [--keep]

Half of the Items are in one workspace, one Item in 10,000 in the rare one, the others are spread evenly. ``all`` is a
member of every workspace, ``many`` of five in six (10,000), ``ten`` and ``one`` of so many, the rare one among them.
Over HTTP, each with a token, with the real policy. The goals: no row slower than half of what ``all`` gets, and a p95
under 5 ms alone on one connection for who sees one rare class.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from asking import Measured, answer, measure
from loading import digest, items_file
from made_items import Document, collection_document
from ours import Ours, versions
from places import HERE, REPOSITORY, cache_folder
from rows import ROWS, Row, Sample
from serving import Served
from telling import machine

if TYPE_CHECKING:
    from thalweg.app.compose import Platform
    from thalweg.core.principals import Principal

WORKSPACES = 12_000
CALLERS = ("all", "many", "ten", "one")
_RARE = 10_000
_AT_ONCE = 1_000
_SAMPLED = 200
_LEFT_OUT = ("mixed 95/5",)
_KEPT = "callers.json"
_LIFE = timedelta(days=30)
_GOAL, _GOAL_MS = 2.0, 5.0


def main() -> None:
    """Load where nothing is kept, then ask each row as each caller."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--workspaces", type=int, default=WORKSPACES, help="how many (default 12000)")
    parser.add_argument("--rows", nargs="*", default=[], help="only rows whose name has one of these in it")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement (default 3)")
    parser.add_argument("--keep", action="store_true", help="leave what was loaded for the next run")
    parser.add_argument("--load", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.load:
        _load(asked.load, asked.workspaces)
        return
    us = Ours(cache_folder() / f"callers-{asked.items}-{asked.workspaces}-{_layout()}")
    try:
        tokens, samples = _loaded(us, items_file(asked.items), asked.workspaces)
        with us.serving(1) as served:
            _table(served, tokens, samples, asked)
    finally:
        if not asked.keep:
            shutil.rmtree(us.home, ignore_errors=True)


def _layout() -> str:
    catalogue = REPOSITORY / "src" / "thalweg" / "catalogue"
    return digest([HERE / "made_items.py", Path(__file__), *sorted(catalogue.glob("**/versions/*.py"))])


def _loaded(us: Ours, file: Path, workspaces: int) -> tuple[dict[str, str], dict[str, list[Document]]]:
    kept = us.home / _KEPT
    if not kept.exists():
        print(f"loading {workspaces:,} workspaces and their Items", file=sys.stderr)
        us.prepare(1)
        subprocess.run(
            [sys.executable, __file__, "--load", file, "--workspaces", str(workspaces)],
            env=us.environment(),
            check=True,
        )
    told = orjson.loads(kept.read_bytes())
    return told["tokens"], told["samples"]


def _table(
    served: Served, tokens: dict[str, str], samples: dict[str, list[Document]], asked: argparse.Namespace
) -> None:
    print("machine", machine(), versions(), f"Items {asked.items}", f"workspaces {asked.workspaces}", sep="\n")
    callers = {name: Sample(samples[name], {}, tokens[name]) for name in CALLERS}
    print("\nmedians of the rounds; A/all: the rate of who sees all, divided by this caller's")
    print(f"{'':26} {'caller':>8} {'req/s':>9} {'A/all':>7} {'p95 ms':>8} {'alone p95 ms':>13}")
    for row in ROWS:
        wanted = not asked.rows or any(name in row.name for name in asked.rows)
        if wanted and row.name not in _LEFT_OUT:
            try:
                _row(row, served, callers, asked)
            except SystemExit as problem:
                print(f"{row.name:26} NOT MEASURED: {problem}")


def _row(row: Row, served: Served, callers: dict[str, Sample], asked: argparse.Namespace) -> None:
    requests = {name: row.fill(served, sample) for name, sample in callers.items()}
    for some in requests.values():
        answer(served, some[0])
        measure(served, some, 1)
    taken: dict[str, list[Measured]] = {name: [] for name in callers}
    for _ in range(asked.rounds):
        for name, some in requests.items():
            taken[name].append(measure(served, some, asked.seconds))
    middle = {name: sorted(some, key=lambda one: one.rate)[len(some) // 2] for name, some in taken.items()}
    for name, one in middle.items():
        ratio = middle["all"].rate / one.rate
        slow = " <" if ratio > _GOAL or (name == "one" and one.alone_p95 > _GOAL_MS) or one.refused else ""
        print(f"{row.name:26} {name:>8} {one.rate:9,.0f} {ratio:6.2f}x {one.p95:8.2f} {one.alone_p95:13.2f}{slow}")


def _seen(workspaces: int) -> dict[str, int]:
    """Return of how many workspaces each caller is a member: of the first ones."""
    return dict(zip(CALLERS, (workspaces, workspaces * 5 // 6, 10, 1), strict=True))


def _load(file: Path, workspaces: int) -> None:
    """Create workspaces, callers and Collections in the platform of the environment, and register the Items."""
    from load_ours import QUERYABLES  # noqa: PLC0415

    from thalweg.app.compose import Platform  # noqa: PLC0415 - the environment names the folder
    from thalweg.app.settings import read_settings  # noqa: PLC0415
    from thalweg.core.principals import Principal  # noqa: PLC0415
    from thalweg.identity.service import ADMIN  # noqa: PLC0415
    from thalweg.identity.stores.sql import SqlStore  # noqa: PLC0415

    platform = Platform(read_settings())
    callers = {name: Principal(f"caller-{name}", name) for name in CALLERS}
    for who in callers.values():
        SqlStore(platform.control).put_principal(who, datetime.now(UTC))
    _fill(platform, callers, workspaces)
    samples: dict[str, list[Document]] = {name: [] for name in CALLERS}
    for chunk in _chunks(file, workspaces):
        _keep(samples, chunk, workspaces)
        loaded = platform.catalogue.load(
            [{**item, "collection": _collection(number)} for number, item in chunk], callers["all"]
        )
        if refused := [one.error for one in loaded if one.error]:
            raise SystemExit(f"an Item was refused: {refused[0]}")
    for queryable in QUERYABLES:
        platform.catalogue.declare(queryable, ADMIN, lambda *_: None)
    tokens = {name: platform.identity.bearer_token(who, _LIFE) for name, who in callers.items()}
    kept = Path(os.environ["THALWEG_HOME"]) / _KEPT
    kept.write_bytes(orjson.dumps({"tokens": tokens, "samples": samples}))


def _fill(platform: "Platform", callers: "dict[str, Principal]", workspaces: int) -> None:
    """Put the workspaces straight into their table: asked one by one, the policy would be read anew for each."""
    from thalweg.core.workspaces import Member, Workspace  # noqa: PLC0415
    from thalweg.workspaces.stores.sql import SqlStore  # noqa: PLC0415

    store, now = SqlStore(platform.control), datetime.now(UTC)
    for number in range(workspaces):
        members = tuple(
            Member(callers[name].id, "owner" if name == "all" else "member")
            for name, many in _seen(workspaces).items()
            if number < many
        )
        store.create(Workspace(_workspace(number), "made", "member", now, members), [])
    document = {**collection_document(), "item_assets": {}}
    for number in range(workspaces):
        platform.catalogue.register_collection({**document, "id": _collection(number)}, callers["all"])


def _keep(samples: dict[str, list[Document]], chunk: list[tuple[int, Document]], workspaces: int) -> None:
    for name, many in _seen(workspaces).items():
        own = [{"collection": _collection(number), "id": item["id"]} for number, item in chunk if number < many]
        samples[name] += own[: _SAMPLED // 10] if len(samples[name]) < _SAMPLED else []


def _chunks(file: Path, workspaces: int) -> Iterator[list[tuple[int, Document]]]:
    chunk: list[tuple[int, Document]] = []
    with file.open("rb") as lines:
        for place, line in enumerate(lines):
            chunk.append((_place(place, workspaces), orjson.loads(line)))
            if len(chunk) == _AT_ONCE:
                yield chunk
                chunk = []
    if chunk:
        yield chunk


def _place(item: int, workspaces: int) -> int:
    """Return the number of the workspace that an Item goes to: 0 is the rare one, the last but none has half of all."""
    if item % _RARE == 0:
        return 0
    return workspaces - 1 if item % 2 else 1 + item // 2 * 7919 % (workspaces - 2)


def _workspace(number: int) -> str:
    return f"w{number:05}"


def _collection(number: int) -> str:
    return f"{_workspace(number)}.sentinel-2"


if __name__ == "__main__":
    main()
