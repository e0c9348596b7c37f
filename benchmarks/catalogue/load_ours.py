"""Loads Items into the platform of the environment (THALWEG_HOME, THALWEG_ITEMS): what a bulk load does, in a process.

THALWEG_HOME=… .venv/bin/python benchmarks/catalogue/load_ours.py prepare 1
THALWEG_HOME=… .venv/bin/python benchmarks/catalogue/load_ours.py load items.ndjson
"""

import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import orjson
from made_items import collection_document, collection_names

from thalweg.app.compose import Platform
from thalweg.app.preparing import prepare
from thalweg.app.settings import read_settings
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.workspaces import PUBLIC
from thalweg.identity.service import ADMIN

QUERYABLES = (
    Queryable("eo:cloud_cover", "number", None, Reach.INDEXED),
    Queryable("s2:datatake_type", "string", None, Reach.INDEXED),
    Queryable("s2:product_type", "string", None, Reach.KEPT),
    Queryable("platform", "string", None, Reach.KEPT),
)
"""The four declared ones; the peer has an index on the same two."""
_AT_ONCE = 1_000


def main() -> None:
    """Prepare an empty platform, or load Items into one."""
    what, argument = sys.argv[1:]
    if what == "prepare":
        prepare_platform(int(argument))
    else:
        load(Path(argument))


def prepare_platform(collections: int) -> None:
    """Create the stores, the Collections and the queryables."""
    settings = read_settings()
    prepare(settings, demo=False)
    platform = Platform(settings)
    for name in collection_names(collections):
        platform.catalogue.ensure_collection(collection_document(name), ADMIN)
        for queryable in QUERYABLES:
            platform.catalogue.declare(replace(queryable, collection=name), ADMIN, lambda *_: None)


def load(file: Path) -> None:
    """Load the lines of a file, a thousand a transaction."""
    platform = Platform(read_settings())
    platform.workspaces.ensure(PUBLIC, "Public", "anyone", ADMIN)
    gc.disable()  # as the command does: documents have no circles
    with file.open("rb") as lines:
        for chunk in chunks(lines, _AT_ONCE):
            for loaded in platform.catalogue.load([orjson.loads(line) for line in chunk], ADMIN):
                if loaded.error is not None:
                    raise SystemExit(f"an Item was refused: {loaded.error}")


def chunks(lines: Iterator[bytes], size: int) -> Iterator[list[bytes]]:
    """Yield lines, so many at a time."""
    while chunk := list(islice(lines, size)):
        yield chunk


if __name__ == "__main__":
    main()
