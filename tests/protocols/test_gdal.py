"""GDAL, unmodified, reads the platform: files by range, tiles as a map, a search as one raster."""

import io
import json
import shutil
import subprocess

import geopandas
import httpx
import numpy as np
import pyogrio
import pytest
import rasterio
import rasterio.warp
import world as the_world

TILES = """<GDAL_WMS>
  <Service name="TMS"><ServerUrl>{url}/xyz/${{z}}/${{x}}/${{y}}.png</ServerUrl></Service>
  <DataWindow>
    <UpperLeftX>-20037508.34</UpperLeftX><UpperLeftY>20037508.34</UpperLeftY>
    <LowerRightX>20037508.34</LowerRightX><LowerRightY>-20037508.34</LowerRightY>
    <TileLevel>12</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY><YOrigin>top</YOrigin>
  </DataWindow>
  <Projection>EPSG:3857</Projection><BandsCount>4</BandsCount><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY>
</GDAL_WMS>"""


@pytest.fixture(scope="module")
def debian_gdal():
    """Return Debian's gdalinfo."""
    found = shutil.which("gdalinfo")
    if found is None:
        pytest.skip("needs GDAL's programs: scripts/system gdal")
    return found


@pytest.fixture(scope="module")
def image(platform):
    """Return the demo's Item."""
    with platform.client() as client:
        return client.get("/api/search", params={"collections": "demo.images"}).json()["features"][0]


@pytest.fixture(scope="module")
def debian_ogr():
    """Return Debian's ogr2ogr."""
    found = shutil.which("ogr2ogr")
    if found is None:
        pytest.skip("needs GDAL's programs: scripts/system gdal")
    return found


def _address(item, rel):
    return next(link["href"] for link in item["links"] if link["rel"] == rel)


def test_debians_gdalinfo_reads_a_file_by_ranges(debian_gdal, image):
    href = image["assets"]["data"]["href"]
    told = subprocess.run(
        [debian_gdal, "-json", f"/vsicurl/{href}"], capture_output=True, text=True, check=True, timeout=60
    )
    facts = json.loads(told.stdout)
    assert facts["size"] == list(reversed(image["properties"]["proj:shape"]))
    assert [band["description"] for band in facts["bands"]][:2] == ["blue", "green"]


def test_the_tiles_are_a_map_that_lies_where_the_image_lies(image, tmp_path):
    service = tmp_path / "tiles.xml"
    service.write_text(TILES.format(url=_address(image, "self")))
    west, south, east, north = rasterio.warp.transform_bounds("EPSG:4326", "EPSG:3857", *image["bbox"])
    with rasterio.open(service) as tiles:
        assert tiles.crs.to_epsg() == 3857
        inside = tiles.window(west, south, east, north).round_offsets().round_lengths()
        drawn = tiles.read(window=inside)
        outside = tiles.read(4, window=tiles.window(west - 3000, south, west - 1500, north))
    assert (drawn[3] == 255).mean() > 0.95
    assert drawn[:3].std() > 20
    assert not outside.any()


def test_a_search_opens_as_one_raster(platform, image):
    search = f'STACIT:"{platform.url}/api/search?collections=demo.images":asset=data'
    with rasterio.open(search) as mosaic, rasterio.open(f"/vsicurl/{image['assets']['data']['href']}") as file:
        assert mosaic.crs == file.crs
        assert np.array_equal(mosaic.read(4), file.read(4))


BOX = (-10, -5, 50, 35)


def _inside(world):
    return sorted(item["id"] for item in world if the_world.meets(item, *BOX))


@pytest.mark.peers
@pytest.mark.parametrize("narrowing", [(), ("-spat", *map(str, BOX)), ("-where", "gsd > 14")])
def test_debians_ogr2ogr_turns_all_pages_of_a_collection(debian_ogr, platform, world, narrowing):
    command = [debian_ogr, "-f", "GeoJSON", "/vsistdout/", *narrowing]
    command += ["-oo", "PAGE_SIZE=40", f"OAPIF:{platform.url}/api", the_world.COLLECTION]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    features = {feature["properties"]["id"]: feature for feature in json.loads(told.stdout)["features"]}
    there = {
        (): sorted(item["id"] for item in world),
        ("-spat", *map(str, BOX)): _inside(world),
        ("-where", "gsd > 14"): sorted(item["id"] for item in world if item["properties"]["gsd"] > 14),
    }[narrowing]
    assert sorted(features) == there
    first = world[int(there[0][1:])]
    assert features[there[0]]["geometry"] == first["geometry"]
    assert features[there[0]]["properties"]["title"] == first["properties"]["title"]


@pytest.mark.peers
def test_a_newer_gdal_reads_a_collection_as_a_table(platform, world):
    api = f"OAPIF:{platform.url}/api"
    assert the_world.COLLECTION in {name for name, _ in pyogrio.list_layers(api)}
    table = pyogrio.read_dataframe(api, layer=the_world.COLLECTION)
    assert sorted(table["id"]) == sorted(item["id"] for item in world)
    assert sorted(pyogrio.read_dataframe(api, layer=the_world.COLLECTION, bbox=BOX)["id"]) == _inside(world)


RECORDS = [((), None), (("-spat", *map(str, BOX)), BOX), (("-where", "type = 'item'"), None)]


@pytest.mark.peers
@pytest.mark.parametrize(("narrowing", "box"), RECORDS)
def test_debians_ogr2ogr_reads_records_by_csw(debian_ogr, platform, world, narrowing, box):
    command = [debian_ogr, "-f", "GeoJSON", "/vsistdout/", *narrowing, "-oo", "MAX_RECORDS=80"]
    told = subprocess.run(
        [*command, f"CSW:{platform.url}/workspaces/demo/csw"], capture_output=True, text=True, check=True, timeout=60
    )
    features = {one["properties"]["identifier"]: one for one in json.loads(told.stdout)["features"]}
    prefix = f"{the_world.COLLECTION}:"
    found = sorted(one.removeprefix(prefix) for one in features if one.startswith(prefix))
    assert found == (sorted(item["id"] for item in world) if box is None else _inside(world))
    west, south, east, north = world[int(found[0][1:])]["bbox"]
    assert {tuple(place) for place in features[prefix + found[0]]["geometry"]["coordinates"][0]} == {
        (lon, lat) for lon in (west, east) for lat in (south, north)
    }


@pytest.mark.peers
def test_a_newer_gdal_reads_records_by_csw_and_as_features(platform, world):
    csw = pyogrio.read_dataframe(f"CSW:{platform.url}/workspaces/demo/csw", where="type = 'item'")
    prefix = f"{the_world.COLLECTION}:"
    told = [one.removeprefix(prefix) for one in csw["identifier"] if one.startswith(prefix)]
    assert sorted(told) == sorted(item["id"] for item in world)
    records = f"OAPIF:{platform.url}/records"
    assert {"all", the_world.COLLECTION} <= {name for name, _ in pyogrio.list_layers(records)}
    table = pyogrio.read_dataframe(records, layer=the_world.COLLECTION)
    assert sorted(table["title"]) == sorted(item["properties"]["title"] for item in world)
    assert len(pyogrio.read_dataframe(records, layer=the_world.COLLECTION, bbox=BOX)) == len(_inside(world))


@pytest.mark.peers
def test_flatgeobuf_is_read_from_where_it_is_served(platform, world):
    served = f"/vsicurl/{platform.url}/api/collections/{the_world.COLLECTION}/items?f=fgb&limit=1000"
    table = pyogrio.read_dataframe(served).set_index("id")
    assert sorted(table.index) == sorted(item["id"] for item in world)
    assert table.crs.to_string() == "OGC:CRS84"
    assert table["gsd"].to_dict() == {item["id"]: item["properties"]["gsd"] for item in world}
    assert tuple(table.loc["w0000"].geometry.bounds) == tuple(world[0]["bbox"])


def _flatgeobuf(address):
    index = pyogrio.read_dataframe(f"/vsicurl/{address}?f=fgb")
    return index, [json.loads(assets)["data"] for assets in index["assets"]]


def _geoparquet(address):
    content = httpx.get(address, params={"f": "parquet"}).raise_for_status().content
    index = geopandas.read_parquet(io.BytesIO(content))
    return index, [assets["data"]["href"] for assets in index["assets"]]


@pytest.mark.parametrize("read", [_flatgeobuf, _geoparquet])
def test_an_index_as_it_is_served_opens_as_one_raster(platform, image, tmp_path, read):
    # No GDAL of a wheel, nor Debian's, has a driver for Parquet: what geopandas reads of it is the index.
    index, hrefs = read(f"{platform.url}/api/collections/demo.images/items")
    location = f"/vsicurl/{image['assets']['data']['href']}"
    index["location"] = [f"/vsicurl/{href}" for href in hrefs]
    assert list(index["location"]) == [location]
    index = index[["location", "geometry"]].to_crs(image["properties"]["proj:code"])
    pyogrio.write_dataframe(index, tmp_path / "index.gpkg", layer="index")
    with rasterio.open(f"GTI:{tmp_path / 'index.gpkg'}") as mosaic, rasterio.open(location) as file:
        assert mosaic.crs == file.crs
        inside = mosaic.window(*file.bounds).round_offsets().round_lengths()
        assert abs(mosaic.read(4, window=inside).mean() - file.read(4).mean()) < 2
