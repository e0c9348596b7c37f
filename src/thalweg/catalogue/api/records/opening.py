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
_LAYERS = {
    "OGC:WMTS": "WMS/WMTS",
    "OGC:WMS": "WMS/WMTS",
    "SERVICE=WMS": "WMS/WMTS",
    "OGC:WFS": "WFS / OGC API - Features",
    "SERVICE=WFS": "WFS / OGC API - Features",
    "OGC:WCS": "WCS",
}
"""What QGIS calls the layers of a service, by what a link says of its protocol."""
_ASKED = frozenset(
    ["service", "request", "version", "layers", "styles", "format", "legend_format", "feature_info_type", "typename"]
)
"""What a client asks of a service, and not a part of its address."""
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
    found = ((name, "\n".join(lines(record, place))) for name, lines in told)
    return [(name, text) for name, text in found if text]


def _in_qgis(record: "Record", place: Place) -> Iterator[str]:
    for kind, address in _services_of(record, place):
        yield f"# Layer > Add Layer > Add {kind} Layer > New, with this address:\n{address}"
    if file := _file(record, _RASTER + _VECTOR):
        yield f"qgis {_of_shell(f'/vsicurl/{file.href}')}"
    elif (record.boxes or record.geometry) and not _items_of(record, place):
        yield f"qgis {_of_shell(_as_json(place))}"


def _services_of(record: "Record", place: Place) -> Iterator[tuple[str, str]]:
    """Yield the services that QGIS has a layer for, each with its address."""
    if _items_of(record, place):
        yield "WFS / OGC API - Features", place.api
    addresses: dict[str, str] = {}
    for link in record.links:
        said = f"{link.protocol} {link.href}".upper()
        if kind := next((layer for name, layer in _LAYERS.items() if name in said), ""):
            addresses.setdefault(_of_service(link.href), kind)
    # People paste these lines where a second one of a stranger's would be run.
    one_word = (address for address in addresses if address.startswith(_WEB) and len(address.split()) == 1)
    yield from ((addresses[address], address) for address in one_word)


def _of_service(href: str) -> str:
    """Return the address of a service without what a client asks of it: ``map=`` and the like stay."""
    address, _, query = href.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0].lower() not in _ASKED]
    return f"{address}?{'&'.join(kept)}" if kept else address


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
