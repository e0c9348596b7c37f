"""Products of this machine become Items of a workspace: read, their files stored, registered, one by one."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from thalweg.core.errors import NotFound, ThalwegError, Unavailable
from thalweg.core.items import Document, ItemRegistry, Loaded, Outcome
from thalweg.core.principals import Principal
from thalweg.core.workspaces import Policy, workspace_of
from thalweg.harvest.contents import readable
from thalweg.harvest.describing import collection_document
from thalweg.harvest.keeping import FileKeeper
from thalweg.harvest.ports import Reader


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of one product, or of one of its Items.

    Attributes:
        missing: files that its metadata names and that are not there; the Item has no assets for them.
        error: why it was refused.
    """

    path: Path
    id: str | None
    outcome: Outcome
    missing: tuple[str, ...] = ()
    error: ThalwegError | None = None


class ReaderFinder(Protocol):
    """Knows which reader reads what."""

    def of(self, path: Path) -> Reader:
        """Return the reader of a file or folder, or raise ``NotFound`` or ``UnsupportedMedia``."""
        ...

    def find(self, path: Path) -> Reader | None:
        """Return the reader of a file or folder, or nothing."""
        ...


class Registrar:
    """Registers products; one that is refused leaves nothing behind and does not stop the others."""

    def __init__(self, items: ItemRegistry, keeper: FileKeeper, policy: Policy, readers: ReaderFinder) -> None:
        self._items = items
        self._keeper = keeper
        self._policy = policy
        self.readers = readers

    def register(
        self, paths: Iterable[Path], collection: str, who: Principal, *, replacing: bool = True
    ) -> Iterator[Registered]:
        """Register the Items of files and folders in a Collection, and tell of each what became of it.

        Raises:
            NotFound, Unauthenticated, Forbidden: ``who`` may not write there.
            Unavailable: the catalogue does not answer; what was told before is done.
        """
        workspace = workspace_of(collection)
        self._policy.check(who, "write", workspace)
        for path in paths:
            try:
                with readable(path.name):
                    reader = self.readers.of(path)
                    documents = reader.read(path)
            except Unavailable:
                raise
            except ThalwegError as error:
                yield Registered(path, None, "refused", error=error)
                continue
            for document in documents:
                yield self._one(path, reader, {**document, "collection": collection}, who, replacing=replacing)
        with suppress(NotFound):  # nothing was taken, for which it would have been made
            self._items.fit(collection, who)

    def _one(self, path: Path, reader: Reader, document: Document, who: Principal, *, replacing: bool) -> Registered:
        item_id = str(document["id"])
        try:
            with readable(path.name), reader.contents(path) as contents:
                kept = self._keeper.keep(document, contents, workspace_of(str(document["collection"])), who)
        except Unavailable:
            raise
        except ThalwegError as error:
            return Registered(path, item_id, "refused", error=error)
        with kept:
            loaded = self._loaded(kept.document, who, replacing=replacing)
            if loaded is None or loaded.outcome != "refused":
                kept.confirm()
        if loaded is None:
            raise Unavailable("the catalogue did not say whether it took the Item; registering it again is safe")
        return Registered(path, item_id, loaded.outcome, kept.missing, loaded.error)

    def _loaded(self, document: Document, who: Principal, *, replacing: bool) -> Loaded | None:
        """Load one Item; ``None`` where nobody knows whether it was taken, so that its files must stay."""
        collection = str(document["collection"])
        making = collection_document(collection, workspace_of(collection))
        try:
            return self._items.load([document], who, replacing=replacing, making=making)[0]
        except Unavailable:
            return None
