"""A person's own image becomes an Item: stored, described, registered; all of it, or nothing."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from thalweg.blobs.scratch import Scratch
from thalweg.core.coverages import RasterFacts
from thalweg.core.errors import Conflict, InvalidParameter, ThalwegError
from thalweg.core.files import Files
from thalweg.core.items import LOCAL, Item, ItemRegistry
from thalweg.core.principals import Principal
from thalweg.core.workspaces import Policy, workspace_of
from thalweg.harvest.dates import taken
from thalweg.harvest.describing import Described, Stored, Told, collection_document, item_document
from thalweg.harvest.ports import ImageDescriber
from thalweg.harvest.spooling import spool

LONGEST_QUICK_SIDE = 2048
"""Pixels; a larger image that is no COG is stored as one, so that its tiles are quick; any other as it was given."""
MOST_BYTES = 8 * 1024**3
_CHUNK = 1024 * 1024
_SLUG = 60
_IDS = 100
_COLLECTION_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_SHA2_256 = "1220"
"""The multihash prefix: SHA2-256, 32 bytes."""


@dataclass(frozen=True, slots=True)
class _Upload:
    file: Path
    name: str


class Harvest:
    """Brings images in."""

    def __init__(
        self,
        files: Files,
        items: ItemRegistry,
        policy: Policy,
        describer: ImageDescriber,
        *,
        most_bytes: int = MOST_BYTES,
        scratch: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._files = files
        self._items = items
        self._policy = policy
        self._describer = describer
        self._most_bytes = most_bytes
        self._scratch = scratch
        self._clock = clock

    def add(self, name: str, chunks: Iterable[bytes], workspace: str, told: Told, who: Principal) -> Item:
        """Store an image in a workspace and register it as an Item.

        Args:
            name: of the file; title and id are made of it, never its kind.
            chunks: its bytes; none is read before it is clear that ``who`` may write there.
            workspace: where.
            told: what the person says of it.
            who: the person.

        Raises:
            NotFound, Unauthenticated, Forbidden: ``who`` may not write there.
            UnsupportedMedia: it is no image that is read here, whatever its name says.
            InvalidParameter: it is broken or has no place on the globe, or what was told does not fit it.
            TooLarge: it has more bytes than an image may have.
        """
        self._policy.check(who, "write", workspace)
        collection = _collection(told.collection, workspace)
        with Scratch("add", self._scratch) as scratch:
            given = scratch.path / "given"
            spool(chunks, given, self._most_bytes)
            file, facts = self._prepared(given, scratch.path / "optimized.tif")
            image = self._described(name, collection, told, facts)
            return self._register(_Upload(file, name), image, workspace, who)

    def _prepared(self, given: Path, optimized: Path) -> tuple[Path, RasterFacts]:
        """Describe the file; a large one that is no COG is made one, in this thread, bounded as uploads are."""
        facts = self._describer.describe(given)
        if facts.cloud_optimized or max(facts.shape) <= LONGEST_QUICK_SIDE:
            return given, facts
        self._describer.optimize(given, optimized)
        return optimized, self._describer.describe(optimized)

    def _register(self, upload: _Upload, image: Described, workspace: str, who: Principal) -> Item:
        slug = _slug(upload.name)
        path = f"images/{slug}-{secrets.token_hex(4)}{_suffix(image.facts)}"
        href = f"{LOCAL}/workspaces/{workspace}/files/{path}"
        item_document(slug, image, Stored(href, 0, ""))  # what was told may not fit: better known before storing
        checksum = hashlib.sha256()
        with ExitStack() as failing:
            failing.callback(self._remove, workspace, path, who)
            size = self._files.write(workspace, path, _hashed(upload.file, checksum), who).size
            stored = Stored(href, size, _SHA2_256 + checksum.hexdigest())
            self._items.ensure_collection(collection_document(image.collection, workspace), who)
            item = self._registered(slug, image, stored, who)
            failing.pop_all()
        self._items.fit(image.collection, who)
        return item

    def _remove(self, workspace: str, path: str, who: Principal) -> None:
        with suppress(ThalwegError):  # the first error is the one to tell
            self._files.remove(workspace, path, who)

    def _registered(self, slug: str, image: Described, stored: Stored, who: Principal) -> Item:
        for item_id in _ids(slug):
            with suppress(Conflict):
                return self._items.register([item_document(item_id, image, stored)], who)[0]
        raise Conflict(f"{_IDS} images are called {slug} already")

    def _described(self, name: str, collection: str, told: Told, facts: RasterFacts) -> Described:
        file_name = name.rpartition("/")[2].replace("\0", "")  # no text of an Item holds it
        title = told.title or file_name.rpartition(".")[0] or file_name
        now = self._clock()
        when = taken(told.datetime, facts.tags, file_name, told.platform, now, known=told.date_known)
        return Described(collection, title, told, facts, when)


def _collection(told: str | None, workspace: str) -> str:
    collection = told or f"{workspace}.images"
    if workspace_of(collection) != workspace or not _COLLECTION_NAME.fullmatch(collection.rpartition(".")[2]):
        raise InvalidParameter("collection", f"is called {workspace}.NAME: it belongs to the workspace of its images")
    return collection


def _slug(name: str) -> str:
    """Return what of a file's name can be an id: ``Mein Bild (2).TIF`` → ``mein-bild-2``."""
    stem = name.rpartition("/")[2]
    stem = stem.rpartition(".")[0] or stem
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG].strip("-") or "image"


def _suffix(facts: RasterFacts) -> str:
    return ".jp2" if facts.media_type == "image/jp2" else ".tif"


def _ids(slug: str) -> Iterator[str]:
    yield slug
    for n in range(2, _IDS + 1):
        yield f"{slug}-{n}"


def _hashed(file: Path, checksum: "hashlib._Hash") -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            checksum.update(chunk)
            yield chunk
