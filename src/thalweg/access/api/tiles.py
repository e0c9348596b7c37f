"""Pictures of Items over HTTP: TileJSON 3.0, XYZ and OGC API tiles, previews and thumbnails.

A tile where the image is not is a clear one and answers 200: MapLibre and GDAL both take that as it is, while a 204 or
404 makes the one complain and the other retry.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from thalweg.access import targets
from thalweg.access.api.classes import CORE, JPEG_TILES, PNG_TILES, SCHEME_REL, TILESET, TILESETS_LIST
from thalweg.access.api.parameters import OgcTile, OneItem, Pictured, Preview, Tileset, XyzTile
from thalweg.access.api.probes import PROBES
from thalweg.access.encoding import Encoding
from thalweg.access.service import Drawing, Known, Layer, Renderer
from thalweg.web.answers import Json, not_modified
from thalweg.web.asked import Asked
from thalweg.web.forms import JSON, Form
from thalweg.web.links import link
from thalweg.web.pool import PICTURES, in_pool
from thalweg.web.routes import get
from thalweg.web.verification import Probe

PNG = Form("png", "image/png")
JPEG = Form("jpg", "image/jpeg")
_PICTURE = (PNG, JPEG)
_FORMS: dict[str, Encoding] = {"png": "png", "jpg": "jpg"}
_CACHE = "private, max-age=60"
_MATRIX_SETS = {
    "WebMercatorQuad": "http://www.opengis.net/def/crs/EPSG/0/3857",
    "WorldCRS84Quad": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
}
_SET_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/"
_ITEM = "/collections/{collection}/items/{item}"
_TILES = f"{_ITEM}/map/tiles"
_ANSWERS = {304: "not changed", 404: "no such Item, raster or tile"}


class TilesFace:
    """Shows Items as pictures."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    @get(f"{_ITEM}/tilejson.json", forms=(JSON,), tag="Pictures")
    async def tilejson(self, asked: Asked[Pictured]) -> Response:
        """Describe an Item's tiles as TileJSON."""
        layer = await self._layer(asked)
        template = f"{_address(asked)}/xyz/{{z}}/{{x}}/{{y}}.png{_query(asked)}"
        return Json(_tilejson(layer, template), headers={"cache-control": _CACHE})

    @get(f"{_ITEM}/xyz/{{z}}/{{x}}/{{y}}.{{form}}", forms=(), tag="Pictures", answers=_ANSWERS)
    async def xyz(self, asked: Asked[XyzTile]) -> Response:
        """Draw a tile of Web Mercator by zoom, column and row from the north."""
        which = asked.parameters
        tile = (targets.WEB_MERCATOR, which.z, which.x, which.y)
        return await self._tile(asked, tile, _FORMS[which.form])

    @get(_TILES, forms=(JSON,), conforms=(TILESETS_LIST,), tag="Pictures")
    async def tilesets(self, asked: Asked[Pictured]) -> Response:
        """List an Item's tilesets."""
        await self._layer(asked)
        here = f"{_address(asked)}/map/tiles"
        listed = [_summary(name, here, _query(asked)) for name in targets.TILE_MATRIX_SETS]
        return Json({"tilesets": listed, "links": [link("self", asked.url, "application/json")]})

    @get(f"{_TILES}/{{tms}}", forms=(JSON,), conforms=(TILESET,), tag="Pictures", answers={404: "no such tileset"})
    async def tileset(self, asked: Asked[Tileset]) -> Response:
        """Describe a tileset."""
        targets.tile_matrix_set(asked.parameters.tms)
        layer = await self._layer(asked)
        return Json(_tileset(layer, asked.parameters.tms, f"{_address(asked)}/map/tiles", _query(asked)))

    @get(
        f"{_TILES}/{{tms}}/{{matrix}}/{{row}}/{{column}}",
        forms=_PICTURE,
        conforms=(CORE, PNG_TILES, JPEG_TILES),
        tag="Pictures",
        answers=_ANSWERS,
    )
    async def tile(self, asked: Asked[OgcTile]) -> Response:
        """Draw a tile by tile matrix, row and column."""
        which = asked.parameters
        tile = (which.tms, which.matrix, which.column, which.row)
        return await self._tile(asked, tile, _FORMS[asked.form.name])

    @get(f"{_ITEM}/preview.{{form}}", forms=(), tag="Pictures", answers=_ANSWERS)
    async def preview(self, asked: Asked[Preview]) -> Response:
        """Draw the whole Item."""
        which = asked.parameters
        return _answer(
            await in_pool(
                self._renderer.preview,
                which.collection,
                which.item,
                which.choice(),
                which.width,
                _FORMS[which.form],
                asked.who,
                _known(asked),
                among=PICTURES,
            )
        )

    @get(f"{_ITEM}/thumbnail.jpg", forms=(), tag="Pictures", answers=_ANSWERS)
    async def thumbnail(self, asked: Asked[OneItem]) -> Response:
        """Draw the whole Item as a JPEG of at most 10 kB."""
        which = asked.parameters
        drawn = in_pool(
            self._renderer.thumbnail, which.collection, which.item, asked.who, _known(asked), among=PICTURES
        )
        return _answer(await drawn)

    def probes(self) -> Mapping[str, Probe]:
        """Return what proves the classes of OGC API Tiles."""
        return PROBES

    async def _layer(self, asked: "Asked[Pictured] | Asked[Tileset]") -> Layer:
        which = asked.parameters
        return await in_pool(
            self._renderer.layer, which.collection, which.item, which.choice(), asked.who, among=PICTURES
        )

    async def _tile(
        self, asked: "Asked[XyzTile] | Asked[OgcTile]", tile: tuple[str, int, int, int], form: Encoding
    ) -> Response:
        which = asked.parameters
        return _answer(
            await in_pool(
                self._renderer.tile,
                which.collection,
                which.item,
                which.choice(),
                tile,
                form,
                asked.who,
                _known(asked),
                among=PICTURES,
            )
        )


def _known(asked: Asked[Any]) -> Known:
    return lambda etag: not_modified(etag, asked.headers) is not None


def _answer(drawing: Drawing) -> Response:
    headers = {"etag": drawing.etag, "cache-control": _CACHE}
    if drawing.content is None:
        return Response(status_code=304, headers=headers)
    return Response(drawing.content, media_type=drawing.media_type, headers=headers)


def _address(asked: Asked[Any]) -> str:
    which = asked.parameters
    return f"{asked.root}/collections/{which.collection}/items/{which.item}"


def _query(asked: Asked[Any]) -> str:
    """Return the style as it was asked, for the addresses of tiles."""
    choice = asked.parameters.choice()
    said = {
        "asset": choice.asset,
        "bands": ",".join(choice.bands),
        "rescale": ",".join(f"{number:g}" for number in choice.rescale),
        "colormap": choice.colormap,
    }
    given = {name: value for name, value in said.items() if value}
    return f"?{urlencode(given)}" if given else ""


def _tilejson(layer: Layer, template: str) -> dict[str, Any]:
    west, south, east, north = layer.bounds
    around = (-180.0, 180.0) if east < west else (west, east)
    middle = west + ((east - west) % 360 or 360) / 2
    return {
        "tilejson": "3.0.0",
        "name": layer.title,
        "scheme": "xyz",
        "tiles": [template],
        "minzoom": 0,
        "maxzoom": layer.deepest,
        "bounds": [around[0], south, around[1], north],
        "center": [(middle + 180) % 360 - 180, (south + north) / 2, max(0, layer.deepest - 2)],
        "tileSize": targets.TILE,
        **({"attribution": layer.credit} if layer.credit else {}),
    }


def _summary(name: str, here: str, query: str) -> dict[str, Any]:
    return {
        "title": f"The Item as map tiles, {name}",
        "dataType": "map",
        "crs": _MATRIX_SETS[name],
        "tileMatrixSetURI": _SET_URI + name,
        "links": [
            link("self", f"{here}/{name}{query}", "application/json", "This tileset"),
            link(SCHEME_REL, _SET_URI + name, "application/json"),
        ],
    }


def _tileset(layer: Layer, name: str, here: str, query: str) -> dict[str, Any]:
    summary = _summary(name, here, query)
    west, south, east, north = layer.bounds
    template = f"{here}/{name}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}{query}"
    pictures = [link("item", template, form.media_type, "A tile", templated=True) for form in _PICTURE]
    return {
        **summary,
        "title": layer.title,
        "boundingBox": {
            "lowerLeft": [west, south],
            "upperRight": [east, north],
            "crs": _MATRIX_SETS["WorldCRS84Quad"],
        },
        "links": [*summary["links"], *pictures],
    }
