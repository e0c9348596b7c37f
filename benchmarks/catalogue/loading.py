"""Both sides with the same Items in them, from this run or kept from one before."""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from cluster import Cluster
from made_items import Document, lines
from ours import Ours
from peer import Peer
from places import HERE, REPOSITORY, cache_folder, room
from rows import Sample

_SAMPLED = 1_000
_BYTES_AN_ITEM = 16_000
_SPARE = 2 * 2**30
_DATA = ("made_items.py", "mgrs_tiles.py")


@dataclass
class Sides:
    """Ours and the peer, loaded.

    Attributes:
        told: what loading took (s) and how many bytes there are, by name.
    """

    ours: Ours
    peer: Peer
    count: int
    told: dict[str, float]
    file: Path
    keep: bool

    def sample(self) -> Sample:
        """Return some of the Items, evenly taken from the file."""
        return Sample(list(_sampled(self.file, min(_SAMPLED, self.count))))

    def clean(self) -> None:
        """Remove what was made, unless it is kept for the next run."""
        if self.keep:
            return
        self.peer.cluster.drop(self.peer.database)
        if self.ours.cluster is not None:
            self.ours.cluster.drop(self.ours.database)
        shutil.rmtree(self.ours.home, ignore_errors=True)
        self.file.unlink(missing_ok=True)


def load_both(cluster: Cluster, count: int, store: str, *, keep: bool, anew: bool) -> Sides:
    """Return both sides with so many Items; one that is there from a run before is taken as it is, unless ``anew``."""
    file = items_file(count)
    data = digest(HERE / name for name in _DATA)
    layout = digest(sorted((REPOSITORY / "src" / "thalweg" / "catalogue").glob("**/versions/*.py")))
    home = cache_folder() / f"{store}-{count}-{data}-{layout}"
    us = Ours(home, cluster if store == "pgstac" else None)
    them = Peer(cluster, f"peer_{count}_{data}_{digest([HERE / 'peer-requirements.txt', HERE / 'peer.py'])}")
    told = _loaded(us, file, "ours", anew=anew) | _loaded(them, file, "peer", anew=anew)
    return Sides(us, them, count, told, file, keep)


def _loaded(side: Ours | Peer, file: Path, name: str, *, anew: bool) -> dict[str, float]:
    """Load a side where it is not; return what loading took and the bytes, which are noted for later runs."""
    notes = cache_folder() / f"{name}-{side.database}.json"
    if not anew and side.is_loaded and notes.exists():
        return dict(orjson.loads(notes.read_bytes()))
    print(f"loading {name}", file=sys.stderr)
    side.prepare(1)
    told = {f"{name} seconds": side.load(file)}
    told |= {f"{name} {what} bytes as loaded": float(size) for what, size in side.bytes().items()}
    side.finish()
    told |= {f"{name} {what} bytes": float(size) for what, size in side.bytes().items()}
    notes.write_bytes(orjson.dumps(told))
    return told


def items_file(count: int) -> Path:
    """Return the file with so many Items, made where it is not there."""
    file = cache_folder() / f"items-{count}-{digest(HERE / name for name in _DATA)}.ndjson"
    if file.exists():
        return file
    if room(file.parent) < count * _BYTES_AN_ITEM + _SPARE:
        raise SystemExit(f"{file.parent} has no room for {count} Items")
    print(f"making {count} Items", file=sys.stderr)
    part = file.with_suffix(".part")
    with part.open("wb") as written:
        written.writelines(lines(count))
    part.rename(file)
    os.sync()
    return file


def digest(files: Iterable[Path]) -> str:
    """Return what changes when one of the files does."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:8]


def _sampled(file: Path, count: int) -> Iterator[Document]:
    size = file.stat().st_size
    with file.open("rb") as items:
        for number in range(count):
            items.seek(size * number // count)
            if number:
                items.readline()
            if line := items.readline():
                yield orjson.loads(line)
