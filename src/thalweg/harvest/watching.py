"""A folder is watched: what is put there becomes Items, each once, also when the watch is started again."""

import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import watchfiles

from thalweg.core.errors import NotFound, TooLarge
from thalweg.core.principals import Principal
from thalweg.harvest.registering import Registered, Registrar

_MOST_ENTRIES = 100_000
_DEEPEST = 8
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial")
Signature = tuple[int, int, int]
"""Files, bytes, and ns of the newest change."""


@dataclass(frozen=True, slots=True)
class _Seen:
    signature: Signature
    at: float
    done: bool = False


class Ledger:
    """Which products were dealt with, in a file of one JSON line each: written before the next is begun."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Signature] = {}
        for line in path.read_bytes().splitlines() if path.exists() else ():
            try:
                name, signature, _ = json.loads(line)
            except ValueError:
                continue  # the last line of a process that was killed
            self._known[name] = tuple(signature)

    def knows(self, name: str, signature: Signature) -> bool:
        """Tell whether this very state of a product was dealt with."""
        return self._known.get(name) == signature

    def add(self, name: str, signature: Signature, outcome: str) -> None:
        """Write that a product was dealt with, past the loss of power."""
        with self._path.open("ab") as file:
            file.write(b"\n" * self._cut() + json.dumps([name, signature, outcome]).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self._known[name] = signature

    def _cut(self) -> int:
        """Return 1 where the last line was cut, so that the next one begins afresh."""
        if not self._path.exists() or not self._path.stat().st_size:
            return 0
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return int(file.read(1) != b"\n")


class Watch:
    """One folder and what is put there.

    A product is taken once it has not changed for ``settle`` seconds; a name that ends as unfinished downloads do is
    not looked at. A folder that no reader recognises is looked into.
    """

    def __init__(self, folder: Path, registrar: Registrar, ledger: Ledger, settle: float = 5.0) -> None:
        if not folder.is_dir():
            raise NotFound(f"there is no folder {folder.name}")
        self._folder = folder
        self._registrar = registrar
        self._ledger = ledger
        self._settle = settle
        self._seen: dict[str, _Seen] = {}

    def run(self, collection: str, who: Principal, stop: threading.Event) -> Iterator[Registered]:
        """Register what comes until ``stop`` is set, and tell of each what became of it."""
        # Each pass is made at least once a settling time: some file systems tell nobody of their changes.
        wait = max(int(self._settle * 1000), 50)
        yield from self.look(time.monotonic(), collection, who)
        for _ in watchfiles.watch(
            self._folder, stop_event=stop, yield_on_timeout=True, rust_timeout=wait, raise_interrupt=False
        ):
            yield from self.look(time.monotonic(), collection, who)

    def look(self, now: float, collection: str, who: Principal) -> Iterator[Registered]:
        """Register what is complete by now, a time in seconds of any clock that only goes forward.

        What lies in one folder is complete together: a file of a product must not be taken for one of its own.
        """
        for entry in self._inside(self._folder):
            name, signature = entry.name, _signature(entry)
            if signature is None:
                continue
            seen = self._seen.get(name)
            if seen is None or seen.signature != signature:
                self._seen[name] = _Seen(signature, now)
            elif now - seen.at >= self._settle and not seen.done:
                yield from self._taken(entry, collection, who)
                self._seen[name] = _Seen(signature, seen.at, done=True)

    def _taken(self, entry: Path, collection: str, who: Principal) -> Iterator[Registered]:
        for path in self._products(entry):
            name, signature = path.relative_to(self._folder).as_posix(), _signature(path)
            if signature is not None and not self._ledger.knows(name, signature):
                outcomes = list(self._registrar.register([path], collection, who))
                if path.exists():  # what went away meanwhile may come back as it was
                    self._ledger.add(name, signature, ",".join(one.outcome for one in outcomes))
                yield from outcomes

    def _products(self, entry: Path) -> Iterator[Path]:
        todo = [(entry, 0)]
        while todo:
            path, depth = todo.pop()
            if path.is_file() or self._registrar.readers.find(path) is not None:
                yield path
            elif depth < _DEEPEST:
                todo += [(one, depth + 1) for one in reversed(self._inside(path))]

    def _inside(self, folder: Path) -> list[Path]:
        """Return what is looked at of a folder; nothing where it goes away meanwhile, unless it is the watched one."""
        try:
            found = sorted(folder.iterdir())
        except OSError as error:
            if folder != self._folder:
                return []
            raise NotFound(f"the folder {folder.name} can no longer be read: a watch of it ends") from error
        if len(found) > _MOST_ENTRIES:
            raise TooLarge(f"the folder {folder.name} holds more than {_MOST_ENTRIES} entries")
        return [one for one in found if not _is_passed_over(one)]


def _is_passed_over(path: Path) -> bool:
    return path.name.startswith(".") or path.suffix.lower() in _UNFINISHED or path.is_symlink()


def _signature(path: Path) -> Signature | None:
    """Return what changes with a file or folder; ``None`` where it goes away meanwhile or holds nothing."""
    try:
        facts = _facts(path)
    except OSError:
        return None
    if not facts:
        return None
    return len(facts), sum(one.st_size for one in facts), max(one.st_mtime_ns for one in facts)


def _facts(path: Path) -> list[os.stat_result]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    if len(files) > _MOST_ENTRIES:
        raise TooLarge(f"the folder {path.name} holds more than {_MOST_ENTRIES} files")
    return [file.stat() for file in files]
