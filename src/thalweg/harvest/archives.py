"""Files of products left where they lie: below the folders of this machine that a workspace may use as archives."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thalweg.core.archives import ARCHIVES, Archive
from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.items import LOCAL, Document
from thalweg.core.principals import Principal
from thalweg.guard.paths import below, relative_path
from thalweg.harvest.keeping import FileKeeper, Kept, found_files, placed_document, quoted
from thalweg.harvest.ports import Contents, Lying


class Archives:
    """All archives of the platform; of each workspace only its own are known."""

    def __init__(self, archives: Sequence[Archive] = ()) -> None:
        self._archives = archives

    def check(self, workspace: str) -> None:
        """Raise ``InvalidParameter`` where a workspace may use none."""
        if not self._of(workspace):
            raise InvalidParameter("in_place", f"the workspace {workspace} may use no archive (setting archives)")

    def path(self, text: str, workspace: str) -> Path:
        """Return the place of ``{archive}/{path}``.

        Raises:
            InvalidParameter: it is no path below an archive, or leads out of it.
            NotFound: the workspace has no such archive, or the archive no such file.
        """
        name, _, inside = relative_path(text, "name").partition("/")
        root = next((one.root for one in self._of(workspace) if one.name == name), None)
        if root is None:
            raise NotFound(f"the workspace {workspace} has no archive {name[:64]}")
        try:
            place = below(root, inside, "name")
            there = place.exists()
        except (OSError, RuntimeError):  # it may not be looked at, or links lead to each other
            there = False
        if not there:
            raise NotFound(f"there is no {text[:200]}")
        return place

    def keep(self, document: Document, contents: Contents, workspace: str, who: Principal) -> Kept:  # noqa: ARG002 - nothing is written
        """Let the hrefs of an Item lead to its files in an archive.

        Checksums are those of the product's own metadata: to make them anew would read all that is not copied.

        Raises:
            NotFound: none of the files is there.
            InvalidParameter: one lies in no archive of the workspace, or inside of a zip archive.
        """
        if not isinstance(contents, Lying):
            raise InvalidParameter("in_place", f"{document['id']}: its files lie inside of one file; unpack it first")
        places, missing = found_files(document, contents)
        assets = {
            key: self._placed(asset, contents, workspace) if key in places else dict(asset)
            for key, asset in document["assets"].items()
            if places.get(key, ("absolute",))
        }
        return Kept(placed_document(document, assets), missing, ExitStack())

    def _placed(self, asset: Mapping[str, Any], contents: Lying, workspace: str) -> dict[str, Any]:
        file = contents.path(asset["href"].removeprefix("./")).resolve()
        size = {"file:size": file.stat().st_size} if file.is_file() else {}
        href = f"{LOCAL}/workspaces/{workspace}/files/{quoted(self._inside(file, workspace))}"
        return {**asset, "href": href, **size}

    def _inside(self, file: Path, workspace: str) -> str:
        for one in self._of(workspace):
            if file.is_relative_to(root := one.root.resolve()):
                return relative_path(f"{ARCHIVES}/{one.name}/{file.relative_to(root).as_posix()}", "in_place")
        raise InvalidParameter("in_place", f"{file.name} lies in no archive of the workspace {workspace}")

    def _of(self, workspace: str) -> list[Archive]:
        return [one for one in self._archives if workspace in one.workspaces]


if TYPE_CHECKING:
    _keeps_its_promise: type[FileKeeper] = Archives
