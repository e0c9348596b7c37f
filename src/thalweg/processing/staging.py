"""Files and Items into a Job and out of it; what it runs sees neither credentials nor addresses."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

import orjson

from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.files import PRIVATE, Files
from thalweg.core.items import FOLLOWING, LOCAL, Document, ItemSource
from thalweg.core.principals import Principal
from thalweg.core.processes import Outcome, ProcessDescription, StagedItem
from thalweg.core.time import written
from thalweg.guard.paths import below, relative_path
from thalweg.processing.inputs import item_named
from thalweg.processing.jobs import Job, Staged
from thalweg.processing.natives import Native
from thalweg.processing.ports import Registrar, Remote

_FILES = f"{LOCAL}/workspaces/"
_CHUNK = 1 << 20
_JOB_DIGITS = 8
_LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class Staging:
    """Stage-in, stage-out and registration, all under the rights of the Job's owner.

    Attributes:
        most: bytes that one asset brought from outside may have.
    """

    items: ItemSource
    registry: Registrar
    files: Files
    remote: Remote
    most: int = 5_000_000_000

    def bring(
        self, job: Job, description: ProcessDescription, native: Native | None, folder: Path, who: Principal
    ) -> dict[str, Any]:
        """Return the Job's inputs with each Item as a ``StagedItem``, its files on this machine.

        Raises:
            InvalidParameter: an Item is gone or may no longer be seen, or an asset cannot be brought.
            Unavailable: an asset's host does not answer.
        """
        return {
            name: self._item(job, name, native, folder / name, who) if description.inputs[name].is_item else value
            for name, value in job.inputs.items()
        }

    def keep(self, job: Job, outcome: Outcome, folder: Path, who: Principal) -> Staged:
        """Write the files of what came out to the workspace, below ``jobs/{job}/``; return what is left to register.

        Raises:
            InvalidParameter: an asset names no file of the folder.
            Forbidden: the owner may not write there.
            TooLarge: a file is larger than the workspace takes.
        """
        used: set[str] = set()
        kept = [self._kept(job, item, folder, who, used) for item in outcome.items]
        return Staged(outcome.values, tuple(kept))

    def register(self, job: Job, staged: Staged, who: Principal) -> dict[str, Any]:
        """Register the Items, or find that an earlier attempt did; return the results document.

        Raises:
            InvalidParameter: an Item is not valid STAC.
            Conflict: an id is taken by something else.
        """
        if not staged.items:
            return {"item": None, **staged.values}
        self.registry.ensure_collection(_collection(job.workspace), who)
        self.registry.register_once(staged.items, who)
        self.registry.fit(_collection(job.workspace)["id"], who)
        links = [_link(item) for item in staged.items]
        return {"item": links[0], **({"items": links} if len(links) > 1 else {}), **staged.values}

    def log(self, job: Job, text: str, who: Principal) -> None:
        """Keep the whole log as one file of the workspace."""
        self.files.write(job.workspace, f"{PRIVATE}/jobs/{job.id}/log.txt", [text.encode()], who)

    def _item(self, job: Job, name: str, native: Native | None, folder: Path, who: Principal) -> StagedItem:
        collection, item_id = item_named(name, job.inputs[name])
        try:
            document = orjson.loads(self.items.item(collection, item_id, who).body)
        except NotFound as error:
            raise InvalidParameter(f"inputs/{name}", "the Item is gone, or may no longer be seen") from error
        selective = native.selective if native is not None else None
        wanted = selective.assets(document, job.inputs) if selective is not None else _data(document)
        folder.mkdir(parents=True)
        found = {
            key: self._asset(f"inputs/{name}", document["assets"][key], folder / str(number), who)
            for number, key in enumerate(sorted(wanted))
        }
        return StagedItem(document, found)

    def _asset(self, parameter: str, asset: Mapping[str, Any], folder: Path, who: Principal) -> Path:
        href = str(asset.get("href"))
        folder.mkdir()
        target = folder / _name(href)
        if href.startswith(_FILES):
            workspace, _, path = unquote(href.removeprefix(_FILES)).partition("/files/")
            return self._own(parameter, workspace, path, target, who)
        if not href.startswith(("https://", "http://")):
            raise InvalidParameter(parameter, f"its asset {href[:200]} cannot be brought here")
        self.remote.fetch(href, target, self.most)
        return target

    def _own(self, parameter: str, workspace: str, path: str, target: Path, who: Principal) -> Path:
        try:
            here = self.files.local(workspace, path, who)
            if here is not None:
                return here
            with target.open("wb") as file:
                for chunk in self.files.read(workspace, path, who):
                    file.write(chunk)
        except NotFound as error:
            raise InvalidParameter(parameter, f"its file {path[:200]} is gone, or may not be read") from error
        return target

    def _kept(self, job: Job, item: Document, folder: Path, who: Principal, used: set[str]) -> Document:
        assets = {}
        for key, asset in item["assets"].items():
            source = below(folder, relative_path(str(asset["href"])))
            if not source.is_file():
                raise InvalidParameter(f"assets/{key}/href", "names no file that the Process wrote")
            path = _free(f"jobs/{job.id}", key, source.name, used)
            self.files.write(job.workspace, path, _chunks(source), who)
            assets[key] = {**asset, "href": f"{_FILES}{job.workspace}/files/{quote(path)}"}
        return {**item, **_identity(job, item), "assets": assets, "links": _links(job, item)}


def _identity(job: Job, item: Document) -> dict[str, Any]:
    properties = {
        **item["properties"],
        "created": written(datetime.now(UTC)),
        "thalweg:process": job.process,
        "thalweg:process_version": job.process_version,
        "thalweg:parameters": dict(job.inputs),
        "thalweg:job": job.id,
    }
    own = f"{str(item['id'])[:_LONGEST_ID]}-{job.id[:_JOB_DIGITS]}"
    return {"id": own, "collection": f"{job.workspace}.results", "properties": properties}


def _links(job: Job, item: Document) -> list[dict[str, Any]]:
    """Keep what the Process itself links to outside, and say what the Item was made from."""
    kept = [one for one in item.get("links", ()) if str(one.get("href", "")).startswith("https://")]
    made_from = (item_named(name, value) for name, value in job.inputs.items() if _names_item(value))
    return kept + [
        {"rel": "derived_from", "href": f"{LOCAL}/api/collections/{c}/items/{i}", "type": "application/geo+json"}
        for c, i in made_from
    ]


def _names_item(value: object) -> bool:
    return isinstance(value, str) and value.count("/") == 1 and all(value.split("/")) and " " not in value


def _link(item: Document) -> dict[str, str]:
    href = f"{LOCAL}/api/collections/{item['collection']}/items/{quote(item['id'])}"
    return {"href": href, "type": "application/geo+json"}


def _collection(workspace: str) -> Document:
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": f"{workspace}.results",
        "title": f"Results of {workspace}",
        "description": "What the Jobs of this workspace brought forth.",
        "license": "other",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        FOLLOWING: "items",
        "links": [],
    }


def _data(document: Document) -> list[str]:
    """Return the assets that a package gets: all that are not made for the eye."""
    pictures = {"thumbnail", "overview"}
    return [key for key, asset in document["assets"].items() if not pictures & set(asset.get("roles", ()))]


def _name(href: str) -> str:
    return PurePosixPath(unquote(href.partition("?")[0])).name[-100:] or "file"


def _free(folder: str, key: str, name: str, used: set[str]) -> str:
    wanted = (name, f"{key}-{name}", *(f"{number}-{name}" for number in range(len(used) + 1)))
    path = next(path for one in wanted if (path := f"{folder}/{one}") not in used)
    used.add(path)
    return path


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def removed(folder: Path) -> None:
    """Remove a Job's scratch folder, whatever its tools left in it."""
    shutil.rmtree(folder, ignore_errors=True)
