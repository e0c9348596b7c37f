"""GDAL, unmodified, reads the platform: files by range, tiles as a map, a search as one raster."""

import json
import shutil
import subprocess

import numpy as np
import pytest
import rasterio
import rasterio.warp

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
