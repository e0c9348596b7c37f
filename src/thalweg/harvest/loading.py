"""A bulk load: documents in chunks into the catalogue, with progress, a report, and a place to go on from."""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from thalweg.core.errors import InvalidParameter, ThalwegError, Unavailable
from thalweg.core.items import Document, ItemRegistry, Loaded
from thalweg.core.principals import Principal
from thalweg.harvest.checkpoints import Checkpoint, Checkpoints
from thalweg.harvest.keeping import Keeper, Kept
from thalweg.harvest.ports import Row, Source
from thalweg.harvest.reports import Report, fault

CHUNK = 1000
"""Documents of one transaction: more make other writers wait, fewer cost more commits."""
_CHUNK_BYTES = 64 * 1024 * 1024
_WITH_FILES = 20
"""Documents of one transaction where each brings files, which are stored before."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come.

    Attributes:
        at: all that was done, of this run and those before it.
        extent: of the source, in the measure of ``at.done``; ``None`` where nobody knows.
        rate: documents a second in this run.
        left: seconds until the end at this rate; ``None`` where nobody knows.
    """

    at: Checkpoint
    extent: int | None
    rate: float
    left: float | None

    @property
    def documents(self) -> int:
        """Return how many documents have their outcome."""
        return self.at.registered + self.at.replaced + self.at.unchanged + self.at.refused


@dataclass(frozen=True, slots=True)
class Load:
    """How a source is loaded.

    Attributes:
        workspace: where the files of Items go that bring their own.
        collection: into which all Items go; ``None`` leaves each in its own.
        replacing: an Item takes the place of the one of its id, else it is refused.
        checkpoint: the file that knows where to go on.
        report: the file that tells of each document that was refused.
    """

    workspace: str
    collection: str | None = None
    replacing: bool = True
    checkpoint: Path | None = None
    report: Path | None = None


class Loader:
    """Loads sources; what was committed before a stop is not lost, and what is done again changes nothing."""

    def __init__(
        self, items: ItemRegistry, keeper: Keeper, clock: Callable[[], float] = time.monotonic, chunk: int = CHUNK
    ) -> None:
        self._items = items
        self._keeper = keeper
        self._clock = clock
        self._chunk = chunk

    def load(self, source: Source, how: Load, who: Principal) -> Iterator[Progress]:
        """Load a source, and tell after each chunk how far it has come.

        Raises:
            Unavailable: the catalogue does not answer; the next run goes on.
            InvalidParameter: the source, or the checkpoint, is broken as a whole.
        """
        checkpoints = Checkpoints(how.checkpoint)
        at = checkpoints.read(source.fingerprint())
        started, before, extent = self._clock(), at, source.extent
        with Report(how.report, at.reported) as report:
            chunks = _chunks(source.rows(at.place), self._chunk)
            while True:
                with _collector_paused():
                    rows = next(chunks, None)
                    outcomes = self._chunk_loaded(rows, how, who, report) if rows else []
                if not rows:
                    break
                at = _counted(at, rows[-1], outcomes, report.written())
                checkpoints.write(at)
                yield _progress(at, before, extent, self._clock() - started)
        if at is before:
            yield _progress(at, before, extent, 0.0)

    def _chunk_loaded(self, rows: list[Row], how: Load, who: Principal, report: Report) -> list[str]:
        outcomes: list[str] = []
        items: list[Row] = []
        for row in rows:
            if isinstance(row.document, ThalwegError):
                report.add(fault(row.place, row.address, None, row.document))
                outcomes.append("refused")
            elif row.document.get("type") == "Collection":
                outcomes += self._collection(row, row.document, how, who, report)
            else:
                items.append(row)
        return outcomes + self._items_loaded(items, how, who, report)

    def _collection(self, row: Row, document: Document, how: Load, who: Principal, report: Report) -> list[str]:
        """Register a Collection that is met on the way, unless all Items go into one."""
        if how.collection is not None:
            return []
        try:
            self._items.ensure_collection({**document, "links": document.get("links") or []}, who)
        except Unavailable:
            raise
        except ThalwegError as error:
            report.add(fault(row.place, row.address, str(document.get("id")), error))
            return ["refused"]
        return []

    def _items_loaded(self, rows: list[Row], how: Load, who: Principal, report: Report) -> list[str]:
        """Load Items; the files that they bring are stored before, and taken away where an Item is refused."""
        documents: list[Document] = []
        sent: list[tuple[Row, Kept | None]] = []
        outcomes: list[str] = []
        with ExitStack() as kept_files:
            for row in rows:
                try:
                    document, kept = self._prepared(row, how, who)
                except Unavailable:
                    raise
                except ThalwegError as error:
                    report.add(fault(row.place, row.address, _id_of(row.document), error))
                    outcomes.append("refused")
                    continue
                documents.append(document)
                sent.append((row, kept_files.enter_context(kept) if kept else None))
            loaded = self._sent(documents, [kept for _, kept in sent if kept], how, who)
            for (row, kept), one in zip(sent, loaded, strict=True):
                _settle(row, kept, one, report)
        return outcomes + [one.outcome for one in loaded]

    def _sent(self, documents: list[Document], kept: list[Kept], how: Load, who: Principal) -> Sequence[Loaded]:
        try:
            return self._items.load(documents, who, replacing=how.replacing) if documents else ()
        except Unavailable:
            for one in kept:  # nobody knows whether they were registered: better files without an Item than the reverse
                one.confirm()
            raise

    def _prepared(self, row: Row, how: Load, who: Principal) -> tuple[Document, Kept | None]:
        document = row.document
        if isinstance(document, ThalwegError):
            raise document
        if how.collection is not None:
            document = {**document, "collection": how.collection}
        if row.contents is None:
            return document, None
        _check_shape(document)
        with row.contents() as contents:
            kept = self._keeper.keep(document, contents, how.workspace, who)
        return kept.document, kept


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Look for no circles while documents are read, which have none: it would take two thirds of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _settle(row: Row, kept: Kept | None, one: Loaded, report: Report) -> None:
    if one.error is not None:
        report.add(fault(row.place, row.address, one.id, one.error))
    elif kept is not None:
        kept.confirm()


def _check_shape(document: Document) -> None:
    """Refuse what has no files to store; what else is wrong the catalogue says."""
    if not isinstance(document.get("id"), str) or not isinstance(document.get("assets"), Mapping):
        raise InvalidParameter("document", "is no Item: it has no id, or no assets")


def _id_of(document: Document | ThalwegError) -> str | None:
    found = document.get("id") if isinstance(document, Mapping) else None
    return found if isinstance(found, str) else None


def _chunks(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    size = 0
    for row in rows:
        chunk.append(row)
        size += row.size
        if len(chunk) >= (min(most, _WITH_FILES) if row.contents else most) or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _counted(at: Checkpoint, last: Row, outcomes: list[str], reported: int) -> Checkpoint:
    counts: dict[str, Any] = {
        outcome: getattr(at, outcome) + outcomes.count(outcome)
        for outcome in ("registered", "replaced", "unchanged", "refused")
    }
    return replace(at, place=last.place, done=last.done, reported=reported, **counts)


def _progress(at: Checkpoint, before: Checkpoint, extent: int | None, seconds: float) -> Progress:
    documents = sum(
        getattr(at, outcome) - getattr(before, outcome)
        for outcome in ("registered", "replaced", "unchanged", "refused")
    )
    rate = documents / seconds if seconds > 0 else 0.0
    read = at.done - before.done
    left = (extent - at.done) * seconds / read if extent is not None and read > 0 else None
    return Progress(at, extent, rate, left)
