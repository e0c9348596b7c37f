"""stac-geoparquet, unmodified, takes what is served into a file and back."""

import io
import json
from datetime import datetime

import geopandas
import pyarrow.parquet
import pytest
import stac_geoparquet.arrow
import world as the_world


@pytest.fixture(scope="module")
def served(platform, world):  # noqa: ARG001 - what is asked for must be there
    """Return all Items of two Collections as the platform serves them, page by page."""
    items, body = {}, {"collections": [the_world.COLLECTION, "demo.images"], "limit": 100}
    with platform.client() as client:
        while body:
            page = client.post("/api/search", json=body).raise_for_status().json()
            items |= {item["id"]: item for item in page["features"]}
            following = next((link for link in page["links"] if link["rel"] == "next"), None)
            body = body | following["body"] if following else None
    return items


def said(value):
    """Return what a document says: null is as good as nothing, and a time is a time however it is written."""
    if isinstance(value, dict):
        return {name: said(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [said(part) for part in value]
    if isinstance(value, str) and value.endswith("Z"):
        return datetime.fromisoformat(value)
    return value


def test_items_survive_the_way_through_a_file(served, world, tmp_path):
    assert len(served) == len(world) + 1
    table = stac_geoparquet.arrow.parse_stac_items_to_arrow(list(served.values()))
    stac_geoparquet.arrow.to_parquet(table, tmp_path / "items.parquet")
    read = pyarrow.parquet.read_table(tmp_path / "items.parquet")
    back = {item["id"]: item for item in stac_geoparquet.arrow.stac_table_to_items(read)}
    assert back.keys() == served.keys()
    for name, item in served.items():
        assert said(json.loads(json.dumps(back[name]))) == said(item), name


def test_geoparquet_as_it_is_served_holds_the_same_items(platform, served):
    address = f"/api/collections/{the_world.COLLECTION}/items"
    with platform.client() as client:
        content = client.get(address, params={"f": "parquet", "limit": 1000}).raise_for_status().content
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    items = {item["id"]: json.loads(json.dumps(item)) for item in stac_geoparquet.arrow.stac_table_to_items(table)}
    assert items.keys() == {name for name, item in served.items() if item["collection"] == the_world.COLLECTION}
    for name, item in items.items():
        assert said(item) == said(served[name]), name
    assert geopandas.read_parquet(io.BytesIO(content)).crs.to_epsg() == 4326
