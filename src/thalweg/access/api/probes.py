"""What proves the classes of OGC API Tiles on the running data: the tiles of a picture that the caller sees."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from thalweg.access.api.classes import (
    CORE,
    JPEG_TILES,
    PNG_TILES,
    SCHEME_REL,
    TILESET,
    TILESETS_LIST,
    TILESETS_REL,
)
from thalweg.web.verification import DisprovedError, Inside, NotApplicableError, Probe, check

Document = Mapping[str, Any]
_ITEMS, _COLLECTIONS, _TRIED = 50, 20, 3
"""How many Items, Collections and pictures are looked at until one is shown."""
_MAGIC = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff"}


async def _tilesets(inside: Inside) -> list[Document]:
    """Return the tilesets of an Item that has a picture, and whose picture is there."""
    for address in (await _pictured(inside))[:_TRIED]:
        try:
            listed: list[Document] = (await inside.get(address)).json()["tilesets"]
        except DisprovedError:
            continue
        return listed
    raise NotApplicableError("none of the newest Items that can be seen has a picture to be shown")


async def _pictured(inside: Inside) -> list[str]:
    """Return where Items list their tilesets: the newest of all, else the newest of each Collection."""
    found = _to_tilesets((await inside.get("/search", limit=_ITEMS)).json()["features"])
    if found:
        return found
    for one in (await inside.get("/collections", limit=_COLLECTIONS)).json()["collections"]:
        found += _to_tilesets((await inside.get("/search", collections=one["id"], limit=1)).json()["features"])
    return found


def _to_tilesets(items: list[Document]) -> list[str]:
    return [str(one["href"]) for item in items for one in item["links"] if one["rel"] == TILESETS_REL]


async def _tileset(inside: Inside) -> Document:
    listed = await _tilesets(inside)
    tileset: Document = (await inside.get(_linked(listed[0], "self")["href"])).json()
    return tileset


def _linked(document: Document, rel: str, media: str = "") -> Document:
    found: list[Document] = [one for one in document["links"] if one["rel"] == rel and media in ("", one.get("type"))]
    check(bool(found), f"{document['title']} has no link {rel} {media}")
    return found[0]


def _address(tileset: Document, media: str, row: int) -> str:
    link = _linked(tileset, "item", media)
    check(link.get("templated") is True, "the link to a tile is not said to be a template")
    address = str(link["href"])
    for name, number in (("tileMatrix", 0), ("tileRow", row), ("tileCol", 0)):
        address = address.replace(f"{{{name}}}", str(number))
    return address


async def _listed(inside: Inside) -> str:
    listed = await _tilesets(inside)
    for one in listed:
        check({"dataType", "crs", "links"} <= set(one), f"a tileset says only {sorted(one)}")
        _linked(one, "self")
    return f"an Item lists {len(listed)} tilesets, each with its data type, its system and where it is described"


async def _described(inside: Inside) -> str:
    listed = await _tilesets(inside)
    for one in listed:
        tileset = (await inside.get(_linked(one, "self")["href"])).json()
        check(tileset["crs"] == one["crs"], "a tileset is described by another system than it is listed by")
        _linked(tileset, SCHEME_REL)
        _address(tileset, "image/png", 0)
    return f"{len(listed)} tilesets name their tile matrix set and how their tiles are asked for"


async def _drawn(inside: Inside) -> str:
    tileset = await _tileset(inside)
    await inside.get(_address(tileset, "image/png", 0))
    await inside.get(_address(tileset, "image/png", 9), 404)
    return "the template of a tileset leads to its first tile; beyond its matrix is none (404)"


async def _encoded(media: str, inside: Inside) -> str:
    tileset = await _tileset(inside)
    answer = await inside.saying(accept=media).get(_address(tileset, media, 0))
    check(answer.headers["content-type"] == media, f"the tile is {answer.headers['content-type']}")
    check(answer.body.startswith(_MAGIC[media]), f"the tile begins with {answer.body[:8]!r}")
    return f"a tile of {len(answer.body)} bytes is {media}"


PROBES: Mapping[str, Probe] = {
    CORE: _drawn,
    TILESET: _described,
    TILESETS_LIST: _listed,
    PNG_TILES: partial(_encoded, "image/png"),
    JPEG_TILES: partial(_encoded, "image/jpeg"),
}
