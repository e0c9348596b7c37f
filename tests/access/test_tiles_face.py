"""The faces of the renderer over ASGI: addresses, styles, entity tags, refusals."""

import io

import httpx
import numpy as np
import openapi_spec_validator
import pytest
from affine import Affine
from known_items import ADA
from PIL import Image
from rasterio.enums import ColorInterp
from starlette.responses import Response

from thalweg.access.api.classes import TILESETS_LIST, TILESETS_REL
from thalweg.access.api.probes import PROBES
from thalweg.access.api.tiles import TilesFace
from thalweg.access.colormaps import ANCHORS, WATER, colormap, oklab
from thalweg.core.principals import ANYONE
from thalweg.web.answers import Json
from thalweg.web.application import Application
from thalweg.web.asked import Asked
from thalweg.web.links import link
from thalweg.web.parameters import NoParameters, Parameters
from thalweg.web.roots import Root
from thalweg.web.routes import get
from thalweg.web.site import Site

pytestmark = pytest.mark.anyio
ITEM = "/api/collections/ada.images/items/scene"
LANDSAT_7 = [{"name": name, "eo:common_name": name} for name in ("blue", "green", "red", "nir", "swir16", "swir22")]


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def root(renderer):
    return Root("/api", "Pictures", "All pictures.", [TilesFace(renderer)], "1")


def asking(root):
    def known(_method, headers):
        return ADA if headers.get("authorization") == "Bearer ada" else ANYONE

    transport = httpx.ASGITransport(Application(root.routes(Site(authenticate=known))))
    headers = {"authorization": "Bearer ada"}
    return httpx.AsyncClient(transport=transport, base_url="http://eo.example", headers=headers)


@pytest.fixture
def client(root):
    return asking(root)


@pytest.fixture
def faced():
    """Return what asks a root of some faces."""
    return lambda *faces: asking(Root("/api", "Pictures", "All pictures.", faces, "1"))


@pytest.fixture
def olinda(shown, real_data):
    return shown(real_data / "landsat-7" / "L7_ETMs.tif", bands=LANDSAT_7)


def picture(answer, mode="RGBA"):
    assert answer.status_code == 200, answer.text
    image = Image.open(io.BytesIO(answer.content))
    return image if mode is None else np.asarray(image.convert(mode))


@pytest.mark.usefixtures("olinda")
async def test_tilejson_leads_to_tiles(client):
    page = (await client.get(f"{ITEM}/tilejson.json")).json()
    assert page["tilejson"] == "3.0.0"
    assert page["name"] == "The scene"
    west, south, east, north = page["bounds"]
    assert (west, south, east, north) == pytest.approx((-34.9166, -8.0409, -34.8260, -7.9498), abs=1e-3)
    longitude, latitude, zoom = page["center"]
    assert west < longitude < east
    assert south < latitude < north
    assert page["minzoom"] <= zoom <= page["maxzoom"] == 13
    address = page["tiles"][0].format(z=12, x=1651, y=2139)
    tile = picture(await client.get(address))
    assert tile.shape == (256, 256, 4)
    assert 0 < (tile[..., 3] > 0).mean() < 1


@pytest.mark.usefixtures("olinda")
async def test_the_style_that_was_asked_for_stands_in_the_addresses(client):
    query = {"bands": "nir", "rescale": "0,120", "colormap": "water"}
    page = (await client.get(f"{ITEM}/tilejson.json", params=query)).json()
    assert httpx.URL(page["tiles"][0]).params == httpx.QueryParams(query)
    sets = (await client.get(f"{ITEM}/map/tiles", params=query)).json()["tilesets"]
    assert all(httpx.URL(one["links"][0]["href"]).params == httpx.QueryParams(query) for one in sets)


@pytest.mark.usefixtures("olinda")
async def test_olinda_is_shown_in_true_colour(client):
    image = picture(await client.get(f"{ITEM}/preview.png", params={"width": 349}), "RGB").astype(int)
    sea, forest, town = image[330, 335], image[110, 120], image[300, 60]
    assert sea[2] > sea[0] + 40  # blue and green over red
    assert forest.mean() < 100
    assert town.mean() > forest.mean()


@pytest.mark.usefixtures("olinda")
async def test_bands_by_number_and_by_name_are_the_same_bands(client):
    by_name = await client.get(f"{ITEM}/preview.png", params={"bands": "red,green,blue"})
    by_number = await client.get(f"{ITEM}/preview.png", params={"bands": "3,2,1"})
    sensible = await client.get(f"{ITEM}/preview.png")
    assert by_name.content == by_number.content == sensible.content


async def test_rescale_says_which_values_are_first_and_last(client, shown, write_tiff):
    shown(write_tiff(np.linspace(0, 1000, 10_000).reshape(100, 100).astype(np.uint16)))
    query = {"rescale": "250,750", "colormap": "gray", "width": 100}
    grey = picture(await client.get(f"{ITEM}/preview.png", params=query), "RGB")[..., 0]
    assert (grey[2:20, 5:-5] == 0).all()
    assert (grey[80:98, 5:-5] == 255).all()
    assert abs(int(grey[50, 50]) - 128) < 4


@pytest.mark.usefixtures("olinda")
@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"bands": "7"}, "bands"),
        ({"bands": "0"}, "bands"),
        ({"bands": "1,2"}, "bands"),
        ({"bands": "purple"}, "bands"),
        ({"rescale": "1"}, "rescale"),
        ({"rescale": "5,1"}, "rescale"),
        ({"rescale": "a,b"}, "rescale"),
        ({"rescale": "0,inf"}, "rescale"),
        ({"rescale": "nan,1"}, "rescale"),
        ({"rescale": "0,1,0,1"}, "rescale"),
        ({"colormap": "sunset", "bands": "1"}, "colormap"),
        ({"colormap": "water"}, "colormap"),
        ({"asset": "other"}, "asset"),
        ({"style": "x"}, "style"),
    ],
)
@pytest.mark.parametrize("address", ["preview.png", "xyz/12/1651/2139.png", "map/tiles/WebMercatorQuad/12/2139/1651"])
async def test_what_does_not_fit_is_refused_by_name(client, query, parameter, address):
    answer = await client.get(f"{ITEM}/{address}", params=query)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


@pytest.mark.usefixtures("olinda")
@pytest.mark.parametrize("width", ["0", "-1", "100000", "x"])
async def test_a_preview_has_a_bound(client, width):
    answer = await client.get(f"{ITEM}/preview.png", params={"width": width})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "width")


@pytest.mark.usefixtures("olinda")
@pytest.mark.parametrize(
    "address",
    [
        "xyz/25/0/0.png",
        "xyz/1/2/0.png",
        "xyz/1/0/2.png",
        "xyz/0/0/-1.png",
        "map/tiles/Elsewhere/0/0/0",
        "map/tiles/Elsewhere",
    ],
)
async def test_there_is_no_such_tile(client, address):
    answer = await client.get(f"{ITEM}/{address}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("olinda")
async def test_outside_the_image_a_tile_is_clear(client):
    clear = picture(await client.get(f"{ITEM}/xyz/12/0/0.png"))
    assert (clear[..., 3] == 0).all()
    grey = picture(await client.get(f"{ITEM}/xyz/12/0/0.jpg"), "RGB")
    assert np.ptp(grey) == 0


@pytest.mark.usefixtures("olinda")
async def test_the_same_tile_by_ogc_and_by_xyz(client):
    xyz = await client.get(f"{ITEM}/xyz/12/1651/2139.png")
    ogc = await client.get(f"{ITEM}/map/tiles/WebMercatorQuad/12/2139/1651", headers={"accept": "image/png"})
    jpeg = await client.get(f"{ITEM}/map/tiles/WebMercatorQuad/12/2139/1651", params={"f": "jpg"})
    assert ogc.content == xyz.content
    assert ogc.headers["content-type"] == "image/png"
    assert jpeg.headers["content-type"] == "image/jpeg"
    refused = await client.get(f"{ITEM}/map/tiles/WebMercatorQuad/12/2139/1651", headers={"accept": "text/html"})
    assert refused.status_code == 406


@pytest.mark.usefixtures("olinda")
async def test_tilesets_name_their_tile_matrix_sets(client):
    listed = (await client.get(f"{ITEM}/map/tiles")).json()["tilesets"]
    assert [one["tileMatrixSetURI"].rpartition("/")[2] for one in listed] == ["WebMercatorQuad", "WorldCRS84Quad"]
    for one in listed:
        tileset = (await client.get(one["links"][0]["href"])).json()
        assert tileset["dataType"] == "map"
        template = next(link["href"] for link in tileset["links"] if link["rel"] == "item")
        answer = await client.get(template.format(tileMatrix=0, tileRow=0, tileCol=0))
        assert picture(answer).shape == (256, 256, 4)


@pytest.mark.usefixtures("olinda")
async def test_the_image_is_in_the_tile_of_degrees_too(client):
    # 2^12 columns of 180/2^11 degrees: Olinda's middle lies in column 1651, row 1114.
    tile = picture(await client.get(f"{ITEM}/map/tiles/WorldCRS84Quad/11/1115/1651"))
    assert (tile[..., 3] > 0).any()


@pytest.mark.usefixtures("olinda")
async def test_a_known_picture_is_not_drawn_again(client, items):
    first = await client.get(f"{ITEM}/xyz/12/1651/2139.png")
    tag = first.headers["etag"]
    again = await client.get(f"{ITEM}/xyz/12/1651/2139.png", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    for change in (
        {"url": f"{ITEM}/xyz/12/1651/2138.png"},
        {"url": f"{ITEM}/xyz/12/1651/2139.jpg"},
        {"url": f"{ITEM}/xyz/12/1651/2139.png", "params": {"bands": "4"}},
    ):
        assert (await client.get(**change, headers={"if-none-match": tag})).status_code == 200
    items.version += 1
    assert (await client.get(f"{ITEM}/xyz/12/1651/2139.png", headers={"if-none-match": tag})).status_code == 200


async def test_a_changed_file_is_another_picture(client, shown, write_tiff):
    shown(write_tiff(np.full((50, 50), 10, np.uint8)))
    query = {"rescale": "0,100", "colormap": "gray"}
    first = await client.get(f"{ITEM}/preview.png", params=query)
    shown(write_tiff(np.full((50, 50), 90, np.uint8)))
    second = await client.get(f"{ITEM}/preview.png", params=query, headers={"if-none-match": first.headers["etag"]})
    assert picture(second, "L")[25, 25] > picture(first, "L")[25, 25] + 100


@pytest.mark.usefixtures("olinda")
async def test_who_may_not_see_the_item_gets_404_whatever_is_remembered(client):
    seen = await client.get(f"{ITEM}/xyz/12/1651/2139.png")
    for headers in ({"authorization": ""}, {"authorization": "", "if-none-match": seen.headers["etag"]}):
        answer = await client.get(f"{ITEM}/xyz/12/1651/2139.png", headers=headers)
        assert answer.status_code == 404


@pytest.mark.usefixtures("olinda")
async def test_a_thumbnail_is_small(client, shown, write_tiff):
    assert len((await client.get(f"{ITEM}/thumbnail.jpg")).content) <= 10_000
    noise = np.random.default_rng(1).integers(0, 255, (3, 400, 300), dtype=np.uint8)
    shown(write_tiff(noise))
    answer = await client.get(f"{ITEM}/thumbnail.jpg")
    assert len(answer.content) <= 10_000
    assert answer.headers["content-type"] == "image/jpeg"


async def test_a_water_mask_is_blue_where_there_is_water_and_clear_elsewhere(client, shown, write_tiff):
    mask = np.zeros((90, 90), np.uint8)
    mask[30:60], mask[60:] = 1, 255
    shown(write_tiff(mask, nodata=255), title="Water mask", roles=["data"])
    image = picture(await client.get(f"{ITEM}/preview.png", params={"width": 90}))
    assert tuple(image[45, 45]) == WATER
    assert image[10, 45, 3] == image[80, 45, 3] == 0
    assert {tuple(colour) for colour in image.reshape(-1, 4) if colour[3]} == {WATER}


async def test_classes_have_the_colours_the_item_gives_them(client, shown, write_tiff):
    classes = [{"value": 3, "color_hint": "FF8800"}, {"value": 4, "color_hint": "00FF00"}, {"value": 0, "nodata": True}]
    pixels = np.repeat(np.array([0, 3, 4, 9], np.uint8), 25).reshape(100, 1).repeat(100, axis=1)
    shown(write_tiff(pixels), **{"classification:classes": classes})
    image = picture(await client.get(f"{ITEM}/preview.png", params={"width": 100}))
    assert tuple(image[35, 50]) == (255, 136, 0, 255)
    assert tuple(image[60, 50]) == (0, 255, 0, 255)
    assert image[10, 50, 3] == image[90, 50, 3] == 0


async def test_a_palette_of_the_file_is_kept(client, shown, write_tiff):
    pixels = np.zeros((60, 60), np.uint8)
    pixels[:30] = 200
    colours = {0: (10, 20, 30, 255), 200: (250, 0, 0, 255)}
    shown(write_tiff(pixels, colorinterp=[ColorInterp.palette], colormap=colours))
    image = picture(await client.get(f"{ITEM}/preview.png", params={"width": 60}))
    assert tuple(image[10, 30]) == (250, 0, 0, 255)
    assert tuple(image[50, 30]) == (10, 20, 30, 255)


async def test_what_holds_nothing_is_clear(client, shown, write_tiff):
    pixels = np.linspace(0, 50, 10_000).reshape(100, 100).astype(np.float32)
    pixels[:50] = np.nan
    shown(write_tiff(pixels))
    image = picture(await client.get(f"{ITEM}/preview.png", params={"width": 100}))
    assert (image[2:47, :, 3] == 0).all()
    assert (image[53:98, 3:-3, 3] == 255).all()


async def test_an_image_over_the_antimeridian_is_on_both_sides_of_the_map(client, shown, write_tiff):
    shown(write_tiff(np.full((100, 100), 9, np.uint8), crs="EPSG:4326", transform=Affine(0.2, 0, 170, 0, -0.2, 10)))
    tile = picture(await client.get(f"{ITEM}/xyz/0/0/0.png"))
    assert tile[128, 252, 3] == tile[128, 3, 3] == 255
    assert tile[128, 128, 3] == 0
    page = (await client.get(f"{ITEM}/tilejson.json")).json()
    assert page["bounds"][0] < page["bounds"][2]
    assert abs(page["center"][0]) == pytest.approx(180, abs=1e-6)
    whole = picture(await client.get(f"{ITEM}/preview.png", params={"width": 100}))
    assert (whole[..., 3] > 0).mean() > 0.9


async def test_single_bands_get_the_map_of_their_kind(client, shown, real_data):
    def colours(image):
        return {tuple(int(n) for n in colour[:3]) for colour in image.reshape(-1, 4) if colour[3]}

    shown(real_data / "landsat-7" / "olinda_dem_utm25s.tif")
    found = colours(picture(await client.get(f"{ITEM}/preview.png")))
    assert found <= {tuple(int(n) for n in row) for row in colormap("elevation")}
    assert len(found) > 50


@pytest.mark.usefixtures("olinda")
async def test_an_item_whose_file_is_elsewhere_or_no_raster(client, items):
    asset = items.documents["ada.images", "scene"]["assets"]["data"]
    asset["href"] = "https://example.org/a.tif"
    assert (await client.get(f"{ITEM}/preview.png")).status_code == 501
    asset["type"] = "application/json"
    assert (await client.get(f"{ITEM}/preview.png")).status_code == 404
    asset |= {"href": "thalweg:/workspaces/ada/files/gone.tif", "type": "image/tiff"}
    assert (await client.get(f"{ITEM}/preview.png")).status_code == 404


async def test_openapi_is_valid_and_conformance_is_declared(client):
    for version in ("3.0", "3.1"):
        openapi_spec_validator.validate((await client.get("/api/openapi", params={"f": version})).json())
    conforms = (await client.get("/api/conformance")).json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core" in conforms


@pytest.mark.parametrize("name", ["generic", "gray", "elevation", "water"])
async def test_sequential_colormaps_grow_steadily_lighter_or_darker(name):
    lightness = oklab(colormap(name) / 255)[:, 0]
    steps = np.diff(lightness) * np.sign(lightness[-1] - lightness[0])
    assert (steps > -0.004).all()  # rounding to 8 bits


@pytest.mark.parametrize("name", sorted({*ANCHORS} - {"gray"}))
async def test_equal_steps_of_a_colormap_look_equally_far_apart(name):
    lab = oklab(colormap(name) / 255)
    far = np.linalg.norm(lab[16:] - lab[:-16], axis=1)
    folded = 0.25 if name == "index" else 0.6  # a diverging map turns in its middle
    assert far.min() > folded * np.median(far)
    assert far.max() < 1.4 * np.median(far)


class HowMany(Parameters):
    limit: int


class Newest:
    """Tells of an Item that lists its tilesets, and of others that do not."""

    def __init__(self, address):
        self._items = [{"links": []}, {"links": [{"rel": TILESETS_REL, "href": address}]}]

    @get("/search")
    async def search(self, asked: Asked[HowMany]) -> Response:  # noqa: ARG002 - the same for all
        """List them."""
        return Json({"features": self._items})


class Blank:
    """Declares tiles, and lists a tileset that leads to none."""

    @get("/blank", conforms=tuple(PROBES))
    async def blank(self, asked: Asked[NoParameters]) -> Response:
        """Describe nothing."""
        tileset = {"title": "Blank", "dataType": "map", "crs": "urn:nowhere", "links": [link("self", asked.url)]}
        return Json({**tileset, "tilesets": [tileset]})

    def probes(self):
        return PROBES


async def verdicts(client):
    told = (await client.get("/api/conformance?verify")).json()["verified"]
    return {one["uri"]: one["verdict"] for one in told if one["uri"] in PROBES}


@pytest.mark.usefixtures("olinda")
async def test_what_is_declared_of_tiles_is_proved_by_a_picture_that_is_there(faced, renderer):
    here = "http://eo.example"
    client = faced(TilesFace(renderer), Newest(f"{here}{ITEM}/map/tiles"))
    assert await verdicts(client) == dict.fromkeys(PROBES, "passed")
    client = faced(TilesFace(renderer), Newest(f"{here}/api/collections/ada.images/items/other/map/tiles"))
    assert await verdicts(client) == dict.fromkeys(PROBES, "not applicable")
    told = await verdicts(faced(Blank(), Newest(f"{here}/api/blank")))
    assert told == {**dict.fromkeys(PROBES, "failed"), TILESETS_LIST: "passed"}
