"""Some documents of a load at a time: Collections registered, Items loaded together, what was refused told."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from thalweg.core.errors import InvalidParameter, NotFound, ThalwegError, Unavailable
from thalweg.core.items import Document, ItemRegistry, Loaded, Turn, at_once
from thalweg.core.principals import Principal
from thalweg.core.workspaces import workspace_of
from thalweg.harvest.describing import collection_document
from thalweg.harvest.keeping import Keeper, Kept
from thalweg.harvest.ports import Row
from thalweg.harvest.reports import fault


@dataclass(frozen=True, slots=True)
class Load:
    """How a source is loaded.

    Attributes:
        workspace: in which the person must be allowed to write; files that Items bring go to that of their Collection.
        collection: into which all Items go, made with the first of them; ``None`` leaves each in its own.
        replacing: an Item takes the place of the one of its id, else it is refused.
        checkpoint: the file that knows where to go on.
        report: the file that tells of each document that was refused.
        processes: how many load at once, where the source can be divided.
    """

    workspace: str
    collection: str | None = None
    replacing: bool = True
    checkpoint: Path | None = None
    report: Path | None = None
    processes: int = 1


@dataclass(slots=True)
class Taken:
    """What became of the documents of a chunk.

    Attributes:
        place: of the last of them in the source.
        done: how much of the source is read with them.
        outcomes: one for each.
        faults: the lines of the report.
    """

    place: int
    done: int
    outcomes: list[str] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, row: Row, item_id: str | None, error: ThalwegError) -> None:
        """Note that a document was refused."""
        self.faults.append(fault(row.place, row.address, item_id, error))
        self.outcomes.append("refused")


class Chunks:
    """Takes documents for one person, some at a time.

    Args:
        items: the catalogue.
        keeper: stores the files that documents bring; ``None`` where they bring none.
        how: the load.
        who: the person.
    """

    def __init__(self, items: ItemRegistry, keeper: Keeper | None, how: Load, who: Principal) -> None:
        self._items = items
        self._keeper = keeper
        self._how = how
        self._who = who
        self._made = how.collection is None

    def take(self, rows: Sequence[Row], taken: Taken, turn: Turn | None = None) -> Taken:
        """Take documents, and note in ``taken`` what became of each.

        Args:
            rows: the documents.
            taken: says nothing yet.
            turn: is waited for before anything is written, where others load at the same time.

        Raises:
            Unavailable: the catalogue does not answer.
        """
        if turn is not None and any(_is_collection(row) for row in rows):
            turn()
        items: list[Row] = []
        for row in rows:
            if isinstance(row.document, ThalwegError):
                taken.refuse(row, None, row.document)
            elif _is_collection(row):
                self._register(row, row.document, taken)
            else:
                items.append(row)
        self._load(items, taken, turn)
        return taken

    def _register(self, row: Row, document: Document, taken: Taken) -> None:
        """Register a Collection that is met on the way, unless all Items go into one."""
        if self._how.collection is not None:
            return
        try:
            self._items.ensure_collection({**document, "links": document.get("links") or []}, self._who)
        except Unavailable:
            raise
        except ThalwegError as error:
            taken.refuse(row, str(document.get("id")), error)

    def _load(self, rows: list[Row], taken: Taken, turn: Turn | None) -> None:
        """Load Items; the files that they bring are stored before, and taken away where an Item is refused."""
        documents: list[Document] = []
        sent: list[tuple[Row, Kept | None]] = []
        with ExitStack() as kept_files:
            for row in rows:
                try:
                    document, kept = self._prepared(row)
                except Unavailable:
                    raise
                except ThalwegError as error:
                    taken.refuse(row, _id_of(row.document), error)
                    continue
                documents.append(document)
                sent.append((row, kept_files.enter_context(kept) if kept else None))
            loaded = self._sent(documents, [kept for _, kept in sent if kept], turn)
            for (row, kept), one in zip(sent, loaded, strict=True):
                _settle(row, kept, one, taken)

    def _sent(self, documents: list[Document], kept: list[Kept], turn: Turn | None) -> Sequence[Loaded]:
        if not documents:
            return ()
        if turn is not None:
            return self._in_turn(documents, turn)
        try:
            return self._loaded(documents, at_once)
        except Unavailable:
            for one in kept:  # nobody knows whether they were registered: better files without an Item than the reverse
                one.confirm()
            raise

    def _in_turn(self, documents: list[Document], turn: Turn) -> Sequence[Loaded]:
        """Load in turn; what was not found may have come with documents before these, so it is looked for again."""
        loaded = list(self._loaded(documents, turn))
        missed = [place for place, one in enumerate(loaded) if isinstance(one.error, NotFound)]
        if missed:
            turn()
            again = self._loaded([documents[place] for place in missed], turn)
            for place, one in zip(missed, again, strict=True):
                loaded[place] = replace(one, place=place)
        return loaded

    def _loaded(self, documents: list[Document], turn: Turn) -> tuple[Loaded, ...]:
        """Load Items; the Collection into which all go is made with the first that is taken."""
        into = self._how.collection
        making = None if self._made or into is None else collection_document(into, workspace_of(into))
        loaded = self._items.load(documents, self._who, replacing=self._how.replacing, turn=turn, making=making)
        self._made = self._made or any(one.outcome != "refused" for one in loaded)
        return loaded

    def _prepared(self, row: Row) -> tuple[Document, Kept | None]:
        document = row.document
        if isinstance(document, ThalwegError):
            raise document
        if self._how.collection is not None:
            document = {**document, "collection": self._how.collection}
        if row.contents is None or self._keeper is None:
            return document, None
        _check_shape(document)
        with row.contents() as contents:
            kept = self._keeper.keep(document, contents, workspace_of(document["collection"]), self._who)
        return kept.document, kept


@contextmanager
def collector_paused() -> Iterator[None]:
    """Look for no circles while documents are read, which have none: it would take two thirds of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _is_collection(row: Row) -> bool:
    return isinstance(row.document, Mapping) and row.document.get("type") == "Collection"


def _settle(row: Row, kept: Kept | None, one: Loaded, taken: Taken) -> None:
    if one.error is not None:
        taken.refuse(row, one.id, one.error)
        return
    taken.outcomes.append(one.outcome)
    if kept is not None:
        kept.confirm()


def _check_shape(document: Document) -> None:
    """Refuse what has no files to store; what else is wrong the catalogue says."""
    if not isinstance(document.get("id"), str) or not isinstance(document.get("assets"), Mapping):
        raise InvalidParameter("document", "is no Item: it has no id, or no assets")
    if not isinstance(document.get("collection"), str):
        raise InvalidParameter("collection", "the Item names none")


def _id_of(document: Document | ThalwegError) -> str | None:
    found = document.get("id") if isinstance(document, Mapping) else None
    return found if isinstance(found, str) else None
