"""A product becomes part of a workspace: its files are stored, its Items' hrefs lead to them, all of it or nothing."""

import hashlib
import json
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from thalweg.core.errors import InvalidParameter, NotFound, ThalwegError
from thalweg.core.files import Files
from thalweg.core.items import LOCAL, Document
from thalweg.core.principals import Principal
from thalweg.harvest.ports import Contents

_FOLDER = "items"
_FILE = "https://stac-extensions.github.io/file/v2.1.0/schema.json"
_SHA2_256 = "1220"
"""The multihash prefix: SHA2-256, 32 bytes."""
_SHORT = 12


@dataclass(frozen=True, slots=True)
class _File:
    size: int
    checksum: str


class Kept:
    """An Item whose files are stored, until it is registered; a context manager that takes away what came to nothing.

    Attributes:
        document: the Item with its Collection, its hrefs leading into the workspace.
        missing: names of files that its product should have and has not; their assets are left out.
    """

    def __init__(self, document: Document, missing: tuple[str, ...], undo: ExitStack) -> None:
        self.document = document
        self.missing = missing
        self._undo = undo

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def confirm(self) -> None:
        """Say that the Item is registered: its files stay."""
        self._undo.pop_all()


class FileKeeper(Protocol):
    """Sees to it that the hrefs of an Item lead to its product's files."""

    def keep(self, document: Document, contents: Contents, workspace: str, who: Principal) -> Kept:
        """Return the Item as it may be registered in the workspace.

        Raises:
            NotFound: none of the files is there.
            InvalidParameter: an href leads where it may not.
        """
        ...


class Keeper:
    """Stores the files of products in workspaces.

    The folder is named by what is in the product, so that the same product is stored once, and another of the same id
    beside it: the files of an Item change only together with the Item.
    """

    def __init__(self, files: Files) -> None:
        self._files = files

    def keep(self, document: Document, contents: Contents, workspace: str, who: Principal) -> Kept:
        """Store the files that an Item's relative hrefs lead to.

        Raises:
            NotFound: none of them is there.
            InvalidParameter: an href leads out of the product.
        """
        places, missing = found_files(document, contents)
        facts = {name: _facts(contents, name) for names in places.values() for name in names}
        root = f"{_FOLDER}/{document['id']}-{_digest(document, facts)}"
        with ExitStack() as undo:
            for name, fact in facts.items():
                self._store(contents, name, fact, workspace, root, who, undo)
            assets = {
                key: _placed(asset, f"{LOCAL}/workspaces/{workspace}/files/{root}", facts)
                for key, asset in document["assets"].items()
                if places.get(key, ("absolute",))
            }
            return Kept(placed_document(document, assets), missing, undo.pop_all())

    def _store(
        self, contents: Contents, name: str, fact: _File, workspace: str, root: str, who: Principal, undo: ExitStack
    ) -> None:
        path = f"{root}/{name}"
        with suppress(NotFound):
            if self._files.facts(workspace, path, who).size == fact.size:
                return  # its folder is named by its content: it is the same
        undo.callback(self._remove, workspace, path, who)
        self._files.write(workspace, path, contents.chunks(name), who)

    def _remove(self, workspace: str, path: str, who: Principal) -> None:
        with suppress(ThalwegError):  # the first error is the one to tell
            self._files.remove(workspace, path, who)


def found_files(document: Document, contents: Contents) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the files that each asset with a relative href leads to, by the asset's key, and the hrefs without any.

    Raises:
        NotFound: no file of the product is there.
        InvalidParameter: an href leads out of the product.
    """
    wanted = {key: asset["href"] for key, asset in document["assets"].items() if _is_relative(asset)}
    places = {key: _names(href, contents) for key, href in wanted.items()}
    missing = tuple(wanted[key].removeprefix("./") for key, names in places.items() if not names)
    if wanted and len(missing) == len(wanted):
        raise NotFound(f"{document['id']}: none of the product's files is there")
    return places, missing


def placed_document(document: Document, assets: Mapping[str, Any]) -> Document:
    """Return the Item with assets that tell of their files."""
    used = [*document["stac_extensions"], *([] if _FILE in document["stac_extensions"] else [_FILE])]
    return {**document, "assets": assets, "stac_extensions": used}


def _is_relative(asset: Mapping[str, Any]) -> bool:
    return str(asset.get("href", "")).startswith("./")


def _names(href: str, contents: Contents) -> tuple[str, ...]:
    """Return the files below an href: one, those of a folder, or none."""
    name = href.removeprefix("./")
    try:
        if contents.has(name):
            return (name,)
    except InvalidParameter as error:
        raise InvalidParameter("assets", f"the href {href[:100]!r} leads out of its product") from error
    return tuple(one for one in contents.names() if one.startswith(f"{name}/"))


def _facts(contents: Contents, name: str) -> _File:
    checksum = hashlib.sha256()
    for chunk in contents.chunks(name):
        checksum.update(chunk)
    return _File(contents.size(name), checksum.hexdigest())


def _digest(document: Document, facts: Mapping[str, _File]) -> str:
    said = [document, [[name, fact.checksum] for name, fact in facts.items()]]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:_SHORT]


def _placed(asset: Mapping[str, Any], root: str, facts: Mapping[str, _File]) -> dict[str, Any]:
    if not _is_relative(asset):
        return dict(asset)
    name = asset["href"].removeprefix("./")
    placed = {**asset, "href": f"{root}/{quoted(name)}"}
    if name in facts:
        placed |= {"file:size": facts[name].size, "file:checksum": _SHA2_256 + facts[name].checksum}
    return placed


def quoted(name: str) -> str:
    """Escape what an href cannot hold; everything else stays readable."""
    return "".join(f"%{ord(c):02X}" if c in ' #?%"<>' else c for c in name)


if TYPE_CHECKING:
    _keeps_its_promise: type[FileKeeper] = Keeper
