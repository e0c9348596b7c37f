"""The folders of an Application Package: a STAC catalogue in, a STAC catalogue out (OGC 20-089)."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from thalweg.core.errors import ThalwegError
from thalweg.core.items import Document
from thalweg.core.processes import StagedItem

CATALOG = "catalog.json"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_MOST_ITEMS = 1_000
_MOST_DEPTH = 8
_MOST_BYTES = 16_000_000


class BadCatalogue(ThalwegError):
    """What the package wrote is no STAC catalogue that can be staged out."""

    title = "The package's catalogue cannot be read"


def write_catalogue(item: StagedItem, folder: Path) -> Path:
    """Lay a staged Item out as a catalogue: its files stay where they are, the folder links to them."""
    inner = folder / "item"
    inner.mkdir(parents=True)
    assets = {}
    for number, (key, path) in enumerate(item.files.items()):
        name = f"{number}-{_UNSAFE.sub('-', path.name)}"
        (inner / name).symlink_to(path)
        assets[key] = {**item.document["assets"][key], "href": f"./{name}"}
    links = [{"rel": "parent", "href": f"../{CATALOG}"}, {"rel": "root", "href": f"../{CATALOG}"}]
    document = {**item.document, "assets": assets, "links": links}
    (inner / "item.json").write_text(json.dumps(document))
    catalogue = {
        "type": "Catalog",
        "stac_version": "1.1.0",
        "id": "input",
        "description": "What was staged in.",
        "links": [
            {"rel": "root", "href": f"./{CATALOG}", "type": "application/json"},
            {"rel": "item", "href": "./item/item.json", "type": "application/geo+json"},
        ],
    }
    (folder / CATALOG).write_text(json.dumps(catalogue))
    return folder


def read_catalogue(folder: Path, below: Path) -> Iterator[Document]:
    """Yield the Items of a catalogue, their asset hrefs relative to the folder ``below`` which it lies.

    Raises:
        BadCatalogue: it is none, is too large, or leads out of its folder.
    """
    root = folder.resolve()
    for count, (item, place) in enumerate(_items(root / CATALOG, root, _MOST_DEPTH), start=1):
        if count > _MOST_ITEMS:
            raise BadCatalogue(f"the catalogue holds more than {_MOST_ITEMS} Items")
        assets = item.get("assets")
        if not isinstance(assets, Mapping) or not isinstance(item.get("id"), str):
            raise BadCatalogue(f"{place.name} is not a STAC Item")
        moved = {key: _moved(asset, place.parent, root, below) for key, asset in assets.items()}
        yield {**item, "assets": moved, "links": []}


def _items(path: Path, root: Path, depth: int) -> Iterator[tuple[dict[str, Any], Path]]:
    document = _document(path)
    if document.get("type") == "Feature":
        yield document, path
        return
    if depth == 0:
        raise BadCatalogue(f"the catalogue is deeper than {_MOST_DEPTH}")
    for link in document.get("links") or ():
        if isinstance(link, Mapping) and link.get("rel") in ("item", "child"):
            yield from _items(_inside(str(link.get("href")), path.parent, root), root, depth - 1)


def _document(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadCatalogue(f"{path.name} is larger than {_MOST_BYTES} bytes")
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise BadCatalogue(f"{path.name} is missing or is not JSON") from error
    if not isinstance(document, dict):
        raise BadCatalogue(f"{path.name} is not a STAC document")
    return document


def _moved(asset: Mapping[str, Any], place: Path, root: Path, below: Path) -> dict[str, Any]:
    path = _inside(str(asset.get("href")), place, root)
    if not path.is_file():
        raise BadCatalogue(f"the file {asset.get('href')} of the catalogue is missing")
    return {**asset, "href": os.path.relpath(path, below.resolve())}


def _inside(href: str, place: Path, root: Path) -> Path:
    parts = urlsplit(href)
    if parts.scheme or parts.netloc:
        raise BadCatalogue(f"{href[:200]} is not relative: a catalogue that is staged out holds all it names")
    path = (place / unquote(parts.path)).resolve()
    if not path.is_relative_to(root):
        raise BadCatalogue(f"{href[:200]} leads out of the catalogue")
    return path
