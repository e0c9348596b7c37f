"""How a resource is opened by what people use: lines that run as they stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.catalogue.records.kinds import ITEM

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Link, Record

_WEB = ("http://", "https://")
_RASTER = ("image/tiff", "image/jp2", "image/vnd.stac.geotiff", "application/x-hdf", "application/netcdf")
_VECTOR = ("application/geo+json", "application/geopackage", "application/vnd.flatgeobuf", "application/vnd.apache")
_PYTHON = """import json, urllib.request
record = json.load(urllib.request.urlopen({address!r}))
print(record["properties"].get("title"))"""
_PYTHON_ITEM = """import pystac
item = pystac.Item.from_file({stac!r})
print(item.id, list(item.assets))"""
_PYTHON_ITEMS = """from pystac_client import Client
found = Client.open({api!r}).search(collections=[{collection!r}], max_items=10)
for item in found.items():
    print(item.id, item.bbox)"""
_PYTHON_RASTER = """import rasterio
with rasterio.open({data!r}) as image:
    print(image.crs, image.bounds)"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a Record stands.

    Attributes:
        address: its own.
        api: of the STAC API that stands beside.
        stac: of the Item that it is, if it is one.
    """

    address: str
    api: str
    stac: str = ""


def opened_in(record: "Record", place: Place) -> list[tuple[str, str]]:
    """Return how a Record, and what it leads to, is opened: the name of a program, and what to tell it."""
    told = (("QGIS", _in_qgis), ("Python", _in_python), ("R", _in_r), ("curl", _by_curl))
    return [(name, "\n".join(lines(record, place))) for name, lines in told]


def _in_qgis(record: "Record", place: Place) -> Iterator[str]:
    if _items_of(record, place):
        yield "# Layer > Add Layer > Add WFS / OGC API - Features Layer > New, with this address:"
        yield place.api
        return
    file = _file(record, _RASTER + _VECTOR)
    yield f"qgis {_of_shell(f'/vsicurl/{file.href}' if file else _as_json(place))}"


def _in_python(record: "Record", place: Place) -> Iterator[str]:
    if collection := _items_of(record, place):
        yield _PYTHON_ITEMS.format(api=place.api, collection=collection)
    elif record.type == ITEM and place.stac:
        yield _PYTHON_ITEM.format(stac=place.stac)
    else:
        yield _PYTHON.format(address=_as_json(place))
    if image := _file(record, _RASTER):
        yield _PYTHON_RASTER.format(data=image.href)


def _in_r(record: "Record", place: Place) -> Iterator[str]:
    if collection := _items_of(record, place):
        yield f"found <- rstac::stac({_of_r(place.api)}) |>"
        yield f"  rstac::stac_search(collections = {_of_r(collection)}, limit = 10) |> rstac::get_request()"
    else:
        yield f"record <- jsonlite::fromJSON({_of_r(_as_json(place))})"
    if image := _file(record, _RASTER):
        yield f"image <- terra::rast({_of_r(f'/vsicurl/{image.href}')})"
    elif features := _file(record, _VECTOR):
        yield f"features <- sf::st_read({_of_r(f'/vsicurl/{features.href}')})"


def _by_curl(record: "Record", place: Place) -> Iterator[str]:
    yield f"curl -H 'Accept: application/geo+json' {_of_shell(place.address)}"
    if file := _file(record, ("",)):
        yield f"curl -L -O {_of_shell(file.href)}"


def _file(record: "Record", kinds: tuple[str, ...]) -> "Link | None":
    """Return the first file that can be fetched and is of one of these kinds."""
    files = (one for one in record.links if one.rel == "enclosure" and one.href.startswith(_WEB))
    return next((one for one in files if one.type.startswith(kinds)), None)


def _items_of(record: "Record", place: Place) -> str:
    """Return the Collection of ours whose Items are what the Record leads to, if it is about one."""
    ours = any(one.rel == "items" and one.href.startswith(f"{place.api}/collections/") for one in record.links)
    return record.id if ours else ""


def _as_json(place: Place) -> str:
    return f"{place.address}?f=json"


def _of_shell(text: str) -> str:
    """Return a text as one word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _of_r(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
