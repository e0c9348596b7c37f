"""One harvest: a source is read to its end, and then what it holds is kept; where it fails, all stays as it was."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from thalweg.catalogue.harvests.book import Brought, NoBook
from thalweg.catalogue.harvests.opening import opened
from thalweg.catalogue.harvests.spool import Spool
from thalweg.catalogue.records.fetching import SOURCE, Fetcher
from thalweg.catalogue.records.making import made_for
from thalweg.catalogue.records.receiving import records_of
from thalweg.core.errors import InvalidParameter, InvalidRequest, NotFound, TooLarge, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from thalweg.catalogue.harvests.book import Book
    from thalweg.catalogue.harvests.pages import Opened
    from thalweg.catalogue.records.record import Record
    from thalweg.catalogue.records.service import Records
    from thalweg.core.items import Loaded
    from thalweg.core.principals import Principal
    from thalweg.guard.outbound import Outbound

DOUBT = "the source tells of less than half of the records that it had"
"""What is not believed at once."""
_BATCH, _FEW = 200, 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of everything one harvest takes.

    Attributes:
        records: of one source.
        document: bytes of one answer.
        all_documents: bytes of all that a source holds.
        seconds: that a source may take to be read.
        patience: seconds that one answer may take.
    """

    records: int = 100_000
    document: int = 16 * 2**20
    all_documents: int = 2 * 2**30
    seconds: float = 3600.0
    patience: float = 60.0


@dataclass(frozen=True, slots=True)
class Order:
    """What is harvested.

    Attributes:
        url: the address of the source.
        kind: what the source is said to be; see ``opening``.
        catalogue: the Collection of Records that takes what it holds.
        since: what the source is asked from on, where it said so the last time.
        ours: addresses of this platform, of which nothing is harvested.
    """

    url: str
    catalogue: str
    kind: str = ""
    since: str = ""
    ours: tuple[str, ...] = ()


def _silent(one: Loaded, record: Record) -> None:
    """Tell nobody."""


class Harvester:
    """Harvests sources.

    Args:
        records: that take what is harvested.
        guard: gives the guard of all that leaves; it is slow to load.
        bounds: of one harvest.
        scratch: the folder for what is on its way.
    """

    def __init__(
        self, records: Records, guard: Callable[[], Outbound], bounds: Bounds | None = None, scratch: Path | None = None
    ) -> None:
        self._records = records
        self._guard = guard
        self._bounds = bounds or Bounds()
        self._scratch = scratch

    @property
    def bounds(self) -> Bounds:
        """Return the bounds."""
        return self._bounds

    def within(self, seconds: float) -> Harvester:
        """Return the same for who waits: a source may take no longer."""
        bounds = replace(self._bounds, seconds=min(seconds, self._bounds.seconds))
        return Harvester(self._records, self._guard, bounds, self._scratch)

    def check(self, order: Order) -> None:
        """Return quietly where a source may be asked.

        Raises:
            InvalidParameter: its address leads inside, or to ourselves.
            Unavailable: its host has no address now.
        """
        fetcher = self._fetcher(order)
        fetcher.outbound.check_spelling(order.url, "source")
        fetcher.check(order.url)
        fetcher.outbound.check(order.url, "source")

    def bring(
        self,
        order: Order,
        who: Principal,
        book: Book | None = None,
        told: Callable[[Loaded, Record], None] = _silent,
    ) -> Brought:
        """Harvest a source, by the rights of ``who``.

        Raises:
            Unavailable: the source does not answer now, or breaks off; nothing was changed.
            InvalidParameter: it is nothing that is read here, or leads where nothing may be asked.
            TooLarge: it holds too much.
            Forbidden, NotFound: ``who`` may not write there.
        """
        self._records.check_write(order.catalogue, who)
        book, brought = book or NoBook(), Brought()
        with Spool(self._scratch, self._bounds.records, self._bounds.all_documents) as spool:
            with self._fetcher(order) as fetcher:
                source = opened(fetcher, order.url, order.kind, order.since, book.refused() if order.since else ())
                gone = self._read(source, spool, book, brought)
            with ExitStack() as made:
                keeping = _Keeping(self._records, order.catalogue, who, book, brought, told, made)
                keeping.keep(spool, alone=source.alone)
                if source.whole:
                    keeping.check()
                keeping.drop(book.known_as(gone))
                if source.whole:
                    keeping.sweep()
        brought.since = source.since
        return brought

    def _fetcher(self, order: Order) -> Fetcher:
        bounds = self._bounds
        return Fetcher(self._guard(), bounds.document, order.ours, bounds.patience, bounds.seconds)

    @staticmethod
    def _read(source: Opened, spool: Spool, book: Book, brought: Brought) -> list[str]:
        """Read a source to its end; return what it says that it holds no longer."""
        gone = list[str]()
        for page in source.pages:
            spool.check(page.total or 0)
            for one in page.found:
                spool.put(one)
            gone += page.gone
            spool.check(len(gone))
            brought.read = len(spool)
            book.progressed(brought, page.total)
        return gone


@dataclass(slots=True)
class _Keeping:
    """What was read, on its way into a catalogue."""

    records: Records
    catalogue: str
    who: Principal
    book: Book
    brought: Brought
    told: Callable[[Loaded, Record], None]
    made: ExitStack
    unread: list[str] = field(default_factory=list)

    def keep(self, spool: Spool, *, alone: bool) -> None:
        """Keep all that was read.

        Raises:
            ThalwegError: a document that stands alone cannot be kept.
        """
        for number, batch in enumerate(_batches(self._read(spool, alone=alone), self._at_once)):
            records = [record for _, record in batch]
            if alone:
                self.records.check(records, self.catalogue, self.who)
            if number == 0:
                what = "What was brought in from elsewhere."
                self.made.enter_context(made_for(self.records, self.catalogue, what, self.who))
            loaded = self.records.load(records, self.catalogue, self.who)
            for one, record in zip(loaded, records, strict=True):
                self.brought.count(one)
                self.told(one, record)
            kept = [one.error is None for one in loaded]
            self.book.met(
                [(key or record.id, record.id) for (key, record), is_kept in zip(batch, kept, strict=True) if is_kept]
            )
            self._refuse([key for (key, _), is_kept in zip(batch, kept, strict=True) if key and not is_kept])
            self.book.progressed(self.brought, None)
        self._refuse([])

    def _refuse(self, keys: list[str]) -> None:
        """Remember what was not taken, and what could not be read up to here."""
        self.book.refuse([*self.unread, *keys])
        self.unread.clear()

    def check(self) -> None:
        """Return quietly where something was kept, or nothing was to be.

        Raises:
            InvalidParameter: none of several documents can be kept.
        """
        if self.brought.refused and not self.brought.taken:
            raise InvalidParameter(SOURCE, f"holds nothing that can be kept: {self.brought.faults[0]}")

    @property
    def _at_once(self) -> int:
        return min(_BATCH, self.records.limits.at_once)

    def _read(self, spool: Spool, *, alone: bool) -> Iterator[tuple[str, Record]]:
        for found in spool:
            try:
                yield from ((found.key, record) for record in records_of(found.content, self.records.limits))
            except (InvalidParameter, InvalidRequest, TooLarge) as error:
                if alone:
                    raise
                self.brought.refuse(found.key, error)
                self.unread += [found.key] if found.key else []

    def drop(self, known: Mapping[str, str]) -> None:
        """Remove Records by what the source calls them."""
        for number, (key, record_id) in enumerate(known.items(), 1):
            if number % _BATCH == 0:
                self.book.progressed(self.brought, None)
            if record_id and self._removed(record_id):
                self.brought.removed += 1
            self.book.forget([key])

    def _removed(self, record_id: str) -> bool:
        try:
            self.records.remove(record_id, self.catalogue, self.who)
        except NotFound:
            return False
        return True

    def sweep(self) -> None:
        """Remove what the source held before and holds no longer.

        Raises:
            Unavailable: it holds nothing any longer, which is more likely its fault than its wish; or less than half
                of what it held, and says so for the first time.
        """
        if self.brought.refused:
            return  # what cannot be read is not gone
        unmet = dict(self.book.unmet())
        if unmet and not self.brought.read:
            raise Unavailable("the source tells of no records any longer: what came from it stays")
        if len(unmet) > max(self.brought.taken, _FEW) and not self.book.doubted():
            raise Unavailable(f"{DOUBT}, {self.brought.taken}: the others go if it says the same the next time")
        self.drop(unmet)
        # What another source holds as well stays, and is that one's from now on.
        self.book.settle()


def _batches(pairs: Iterable[tuple[str, Record]], most: int) -> Iterator[list[tuple[str, Record]]]:
    batch: list[tuple[str, Record]] = []
    for pair in pairs:
        batch.append(pair)
        if len(batch) >= most:
            yield batch
            batch = []
    if batch:
        yield batch
