"""``thalweg catalogue check-assets``: whether what Items lead to is there, by hand, with what came of it."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from rich.console import Console

from thalweg.app.freshening import CHECKING, alone, checker, collections
from thalweg.app.progress import counted, say, telling
from thalweg.catalogue.freshness.assets import AssetState, written_state
from thalweg.catalogue.freshness.checker import Checked
from thalweg.core.errors import Conflict
from thalweg.core.principals import EVERYTHING
from thalweg.core.queries import ItemQuery

if TYPE_CHECKING:
    from thalweg.app.compose import Platform

_SHOWN = 20
_ALL = 2**62


def check_assets(
    platform: "Platform", collection: str | None, report: Path | None, *, remote: bool | None, again: bool
) -> int:
    """Look at the assets of a Collection, or of all; return 1 where one is dead.

    Raises:
        NotFound: there is no such Collection.
        Conflict: another process is at it.
    """
    names = list(collections(platform)) if collection is None else [collection]
    for name in names:
        platform.item_store.collection(name, EVERYTHING)
    console, dead = Console(), _Dead()
    looking = checker(platform, remote=remote)
    sums = []
    with alone(platform, CHECKING) as held, telling(console, advice="the same command goes on") as told:
        if held is None:
            raise Conflict("Another process looks at the assets now: wait for it, or stop it.")
        renew = held
        for name in names:
            total = platform.item_store.count(ItemQuery(collections=(name,)), EVERYTHING, _ALL) or 0

            def passed(number: int, name: str = name, total: int = total) -> None:
                renew()
                told(name, number, total)

            dead.collection = name
            sums.append(looking.check(name, threading.Event(), passed, dead, again=again))
    return _summed(console, sums, dead, report)


class _Dead:
    """Remembers the dead assets that were found."""

    def __init__(self) -> None:
        self.collection = ""
        self.found: list[dict[str, object]] = []

    def __call__(self, item_id: str, key: str, state: AssetState) -> None:
        """Remember one."""
        self.found.append({"collection": self.collection, "id": item_id, "asset": key, **written_state(state)})


def _summed(console: Console, sums: list[Checked], dead: _Dead, report: Path | None) -> int:
    looked, passed = sum(one.looked for one in sums), sum(one.items for one in sums)
    kinds = {name: sum(getattr(one, name) for one in sums) for name in ("alive", "dead", "unsure", "unchecked")}
    assets = f"{kinds['alive']:,} there, {kinds['dead']:,} dead, {kinds['unsure']:,} unsure"
    say(console, f"{counted(looked, 'Item')} of {passed:,} looked at: {assets}, {kinds['unchecked']:,} not looked at.")
    left = sum(one.left for one in sums)
    if left:
        say(
            console,
            f"{counted(left, 'Item')} left for later: their hosts want patience; the worker goes on in an hour.",
        )
    if passed == 0:
        say(console, "Nothing was due; --again looks at all of them.")
    for one in dead.found[:_SHOWN]:
        say(console, f"  dead: {one['collection']}/{one['id']} {one['asset']}: {one.get('why', one.get('code', ''))}")
    if len(dead.found) > _SHOWN:
        say(console, f"  and {len(dead.found) - _SHOWN:,} more; --report FILE tells all of them")
    if report is not None:
        report.write_bytes(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in dead.found))
    return 1 if dead.found else 0
