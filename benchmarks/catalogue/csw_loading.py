"""Both sides of the comparison of classic catalogues with the same Records in them, from this run or one before."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
from cluster import Cluster
from loading import digest
from made_records import lines
from ours import Ours
from places import HERE, REPOSITORY, cache_folder, room
from pycsw_peer import Pycsw
from serving import Served

_BYTES_A_RECORD = 30_000
_SPARE = 2 * 2**30


class OurRecords(Ours):
    """A platform with Records in the place of Items."""

    def prepare(self, collections: int = 1) -> None:
        """Make an empty platform with the catalogue, in the place of one that is there."""
        del collections
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        self._run_loader("prepare")

    def load(self, items: Path) -> float:
        """Load documents; return the seconds."""
        begun = time.perf_counter()
        self._run_loader("load", str(items))
        return time.perf_counter() - begun

    @contextmanager
    def serving(self, processes: int) -> Iterator[Served]:
        """Serve the platform; each protocol has an address of its own below its root."""
        with super().serving(processes) as served:
            yield replace(served, root="")

    def _run_loader(self, *arguments: str) -> None:
        command = [sys.executable, HERE / "load_records.py", *arguments]
        subprocess.run(command, env=self.environment(), check=True)


@dataclass
class CswSides:
    """Ours and the peer, loaded.

    Attributes:
        told: what loading took (s) and how many bytes there are, by name.
    """

    ours: OurRecords
    peer: Pycsw
    count: int
    told: dict[str, float]
    file: Path
    keep: bool

    def clean(self) -> None:
        """Remove what was made, unless it is kept for the next run."""
        if self.keep:
            return
        self.peer.cluster.drop(self.peer.database)
        shutil.rmtree(self.ours.home, ignore_errors=True)
        self.file.unlink(missing_ok=True)


def load_both(cluster: Cluster, count: int, *, keep: bool, anew: bool) -> CswSides:
    """Return both sides with so many Records; what a run before left is taken as it is, unless ``anew``."""
    file = records_file(count)
    us = our_records(count)
    them = Pycsw(cluster, f"pycsw_{count}_{_data()}_{digest([HERE / 'csw-peer-requirements.txt'])}")
    told = _loaded(us, file, "ours", anew=anew) | _loaded(them, file, "peer", anew=anew)
    return CswSides(us, them, count, told, file, keep)


def our_records(count: int) -> OurRecords:
    """Return the platform with so many Records; its tables are brought up to date when it is opened."""
    return OurRecords(own_folder(f"records-{count}"))


def own_folder(name: str) -> Path:
    """Return where a platform lies; its name changes with what is made, and with what is kept of it."""
    declared = digest([REPOSITORY / "src" / "thalweg" / "catalogue" / "records" / "declaring.py"])
    return cache_folder() / f"{name}-{_data()}-{declared}"


def _data() -> str:
    return digest([HERE / "made_records.py"])


def _loaded(side: OurRecords | Pycsw, file: Path, name: str, *, anew: bool) -> dict[str, float]:
    notes = cache_folder() / f"{name}-{side.database}.json"
    if not anew and side.is_loaded and notes.exists():
        return dict(orjson.loads(notes.read_bytes()))
    print(f"loading {name}", file=sys.stderr)
    side.prepare()
    told = {f"{name} seconds": side.load(file)}
    side.finish()
    told |= {f"{name} {what} bytes": float(size) for what, size in side.bytes().items()}
    notes.write_bytes(orjson.dumps(told))
    return told


def records_file(count: int) -> Path:
    """Return the file with so many Records, made where it is not there."""
    file = cache_folder() / f"records-{count}-{_data()}.ndjson"
    if file.exists():
        return file
    if room(file.parent) < count * _BYTES_A_RECORD + _SPARE:
        raise SystemExit(f"{file.parent} has no room for {count} Records")
    part = file.with_suffix(".part")
    with part.open("wb") as written:
        written.writelines(lines(count))
    part.rename(file)
    return file
