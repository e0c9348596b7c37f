"""Products, bulk files, catalogues and folders of the platform's own machine become Items."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from thalweg.blobs.scratch import Scratch
from thalweg.core.errors import Forbidden, NotFound
from thalweg.core.files import Files
from thalweg.core.items import ItemRegistry
from thalweg.core.principals import Principal
from thalweg.core.workspaces import Policy, workspace_of
from thalweg.guard.paths import relative_path
from thalweg.harvest.archives import Archives
from thalweg.harvest.chunks import Load
from thalweg.harvest.crew import Crew
from thalweg.harvest.keeping import Keeper
from thalweg.harvest.loading import Loader, Progress
from thalweg.harvest.ports import Source
from thalweg.harvest.registering import ReaderFinder, Registered, Registrar
from thalweg.harvest.spooling import spool
from thalweg.harvest.watching import Ledger, Watch

MOST_BYTES = 8 * 1024**3


class Ingest:
    """Brings many Items in; whoever may give it paths may read the files of this machine."""

    def __init__(  # noqa: PLR0913 - by keyword, all that the composition gives
        self,
        files: Files,
        items: ItemRegistry,
        policy: Policy,
        readers: ReaderFinder,
        *,
        most_bytes: int = MOST_BYTES,
        scratch: Path | None = None,
        crew: Crew | None = None,
        archives: Archives | None = None,
    ) -> None:
        keeper = Keeper(files)
        self._most_bytes = most_bytes
        self._scratch = scratch
        self._items = items
        self._policy = policy
        self._archives = archives or Archives()
        self._registrar = Registrar(items, keeper, policy, readers)
        self._in_place = Registrar(items, self._archives, policy, readers)
        self._loader = Loader(items, keeper, crew=crew)

    def register_files(
        self,
        paths: Iterable[Path],
        collection: str,
        who: Principal,
        *,
        replacing: bool = True,
        in_place: bool = False,
    ) -> Iterator[Registered]:
        """Register products of this machine.

        Args:
            paths: files and folders; each is read by the reader that recognises it.
            collection: ``{workspace}.NAME``, made where it is not there.
            who: the person.
            replacing: an Item takes the place of the one of its id, else it is refused.
            in_place: the files stay where they lie, in an archive of the workspace; else they are stored in it.

        Raises:
            NotFound, Unauthenticated, Forbidden: ``who`` may not write there.
            InvalidParameter: the workspace may use no archive.
            Unavailable: the catalogue does not answer; what was told before is done, and doing it again is safe.
        """
        if in_place:
            self._archives.check(workspace_of(collection))
            return self._in_place.register(paths, collection, who, replacing=replacing)
        return self._registrar.register(paths, collection, who, replacing=replacing)

    def register_archived(self, name: str, collection: str, who: Principal) -> list[Registered]:
        """Register a product that lies in an archive, and stays there, for the platform's administrator.

        Args:
            name: ``{archive}/{path}``.
            collection: see ``register_files``.
            who: the administrator.

        Raises:
            NotFound, Unauthenticated, Forbidden: ``who`` may not write there, or is not the administrator.
            NotFound, InvalidParameter: the workspace has no such archive, or there is no such product in it.
        """
        workspace = workspace_of(collection)
        self._policy.check(who, "write", workspace)
        if not who.admin:
            raise Forbidden("what lies in an archive is registered by the platform's administrator")
        product = self._archives.path(name, workspace)
        return list(self._in_place.register([product], collection, who))

    def receive(self, name: str, chunks: Iterable[bytes], collection: str, who: Principal) -> list[Registered]:
        """Register a product that somebody sends as one file: an image, an archive, arrays.

        Args:
            name: of the file, by which readers know products of missions.
            chunks: its bytes; none is read before it is clear that ``who`` may write there.
            collection: see ``register_files``.
            who: the person.

        Raises:
            NotFound, Unauthenticated, Forbidden: ``who`` may not write there.
            InvalidParameter: the name is none; what is wrong with the product stands in the answer.
            TooLarge: it has more bytes than may be brought in.
        """
        self._policy.check(who, "write", workspace_of(collection))
        plain = relative_path(name.replace("\\", "/").rpartition("/")[2], "name")
        with Scratch("register", self._scratch) as scratch:
            product = scratch.path / plain
            spool(chunks, product, self._most_bytes)
            return list(self._registrar.register([product], collection, who))

    def load(self, source: Source, how: Load, who: Principal) -> Iterator[Progress]:
        """Load a bulk source, and tell after each chunk how far it has come.

        Raises:
            NotFound, Unauthenticated, Forbidden: ``who`` may not write there.
            InvalidParameter: the source, or the checkpoint, is broken as a whole.
            Unavailable: the catalogue does not answer; the next run goes on.
        """
        self._policy.check(who, "write", how.workspace)
        if how.collection is not None:
            self._policy.check(who, "write", workspace_of(how.collection))
        yield from self._loader.load(source, how, who)
        if how.collection is not None:
            with suppress(NotFound):  # no Item came, for which it would have been made
                self._items.fit(how.collection, who)

    def watch(
        self, folder: Path, ledger: Path, collection: str, who: Principal, stop: threading.Event, settle: float = 5.0
    ) -> Iterator[Registered]:
        """Register what is put into a folder, until ``stop`` is set.

        Args:
            folder: of this machine.
            ledger: a file, outside of the folder, that remembers what was dealt with.
            collection: see ``register_files``.
            who: the person.
            stop: ends the watch.
            settle: seconds for which a product must not change before it is taken.
        """
        return Watch(folder, self._registrar, Ledger(ledger), settle).run(collection, who, stop)
