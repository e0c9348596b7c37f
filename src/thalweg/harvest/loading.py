"""A bulk load: documents in chunks into the catalogue, with progress, a report, and a place to go on from."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from thalweg.core.items import ItemRegistry
from thalweg.core.principals import Principal
from thalweg.harvest.checkpoints import Checkpoint, Checkpoints
from thalweg.harvest.chunks import Chunks, Load, Taken, collector_paused
from thalweg.harvest.crew import Crew
from thalweg.harvest.keeping import Keeper
from thalweg.harvest.ports import Divisible, Row, Source
from thalweg.harvest.reports import Reasons, Report

CHUNK = 1000
"""Documents of one transaction: more make other writers wait, fewer cost more commits."""
_CHUNK_BYTES = 64 * 1024 * 1024
_WITH_FILES = 20
"""Documents of one transaction where each brings files, which are stored before."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come.

    Attributes:
        at: all that was done, of this run and those that were cut before it.
        before: what was done when this run began.
        extent: of the source, in the measure of ``at.done``; ``None`` where nobody knows.
        rate: documents a second in this run.
        left: seconds until the end at this rate; ``None`` where nobody knows.
        reasons: the commonest for which documents were refused.
    """

    at: Checkpoint
    before: Checkpoint
    extent: int | None
    rate: float
    left: float | None
    reasons: Reasons

    @property
    def documents(self) -> int:
        """Return how many documents have their outcome."""
        return self.at.documents

    @property
    def run(self) -> Checkpoint:
        """Return what was done by this run alone."""
        return self.at.since(self.before)


class Loader:
    """Loads sources; what was committed before a stop is not lost, and what is done again changes nothing.

    Args:
        items: the catalogue.
        keeper: stores the files that documents bring.
        clock: tells seconds.
        chunk: documents of one transaction.
        crew: starts other processes that load beside each other.
    """

    def __init__(
        self,
        items: ItemRegistry,
        keeper: Keeper | None,
        clock: Callable[[], float] = time.monotonic,
        chunk: int = CHUNK,
        crew: Crew | None = None,
    ) -> None:
        self._items = items
        self._keeper = keeper
        self._clock = clock
        self._chunk = chunk
        self._crew = crew

    def load(self, source: Source, how: Load, who: Principal) -> Iterator[Progress]:
        """Load a source, and tell after each chunk how far it has come; where to go on is forgotten at its end.

        Raises:
            Unavailable: the catalogue does not answer; the next run goes on.
            InvalidParameter: the source, or the checkpoint, is broken as a whole.
        """
        checkpoints = Checkpoints(how.checkpoint)
        at = checkpoints.read(source.fingerprint())
        started, before, extent = self._clock(), at, source.extent
        with (
            Report(how.report, checkpoints.refusals, at.reported) as report,
            closing(self._taken(source, at.place, how, who)) as chunks,
        ):
            for taken in chunks:
                for line in taken.faults:
                    report.add(line)
                at = _counted(at, taken, report.written())
                checkpoints.write(at)
                yield _progress(at, before, extent, self._clock() - started, report.reasons())
            if at is before:
                yield _progress(at, before, extent, 0.0, report.reasons())
        checkpoints.remove()

    def _taken(self, source: Source, after: int, how: Load, who: Principal) -> Generator[Taken, None, None]:
        if self._crew is not None and how.processes > 1 and isinstance(source, Divisible):
            parts = source.parts(after, self._chunk)
            first = list(islice(parts, how.processes))
            if len(first) >= how.processes:  # of less, more would be spent on starting processes than is won
                yield from self._crew.taken(chain(first, parts), how, who)
                return
        yield from self._taken_here(_chunks(source.rows(after), self._chunk), how, who)

    def _taken_here(self, found: Iterator[list[Row]], how: Load, who: Principal) -> Iterator[Taken]:
        chunks = Chunks(self._items, self._keeper, how, who)
        while True:
            with collector_paused():
                rows = next(found, None)
                taken = chunks.take(rows, Taken(rows[-1].place, rows[-1].done)) if rows else None
            if taken is None:
                return
            yield taken


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


def _counted(at: Checkpoint, taken: Taken, reported: int) -> Checkpoint:
    counts: dict[str, Any] = {
        outcome: getattr(at, outcome) + taken.outcomes.count(outcome)
        for outcome in ("registered", "replaced", "unchanged", "refused")
    }
    return replace(at, place=taken.place, done=taken.done, reported=reported, **counts)


def _progress(at: Checkpoint, before: Checkpoint, extent: int | None, seconds: float, reasons: Reasons) -> Progress:
    run = at.since(before)
    rate = run.documents / seconds if seconds > 0 else 0.0
    left = (extent - at.done) * seconds / run.done if extent is not None and run.done > 0 else None
    return Progress(at, before, extent, rate, left, reasons)
