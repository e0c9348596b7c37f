import csv

import orjson
import pyarrow.parquet
import pyogrio
import pytest
import shapely
import stac_geoparquet.arrow
from shapely.geometry import shape

from thalweg.catalogue.writers import delimited, flatgeobuf, geoparquet
from thalweg.catalogue.writers.spool import Spool
from thalweg.core.errors import NotAcceptable, TooLarge


@pytest.fixture(scope="module")
def lines(real_data):
    names = ("landsat-c2-l2-100", "sentinel-2-l2a-pc-100")
    return [line for name in names for line in (real_data / "stac" / f"{name}.ndjson").read_bytes().splitlines()]


@pytest.fixture
def spool(lines, tmp_path):
    spool = Spool(tmp_path, 1000)
    spool.take(lines)
    return spool


def test_a_table_has_a_row_an_item_and_a_column_a_property(spool, lines, tmp_path):
    delimited.write(spool, tmp_path / "items.csv")
    with (tmp_path / "items.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    items = [orjson.loads(line) for line in lines]
    assert [row["id"] for row in rows] == [item["id"] for item in items]
    for row, item in zip(rows, items, strict=True):
        assert float(row["eo:cloud_cover"]) == item["properties"]["eo:cloud_cover"]
        assert row["datetime"] == item["properties"]["datetime"]
        assert shapely.from_wkt(row["geometry"]).equals(shape(item["geometry"]))
        assert set(orjson.loads(row["assets"])) == set(item["assets"])
    assert next(iter(rows[0])) == "id"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("-A1", "'-A1"),
        ("-12.5", "-12.5"),
        ("-.5", "-.5"),
        ("1-2", "1-2"),
    ],
)
def test_no_text_is_a_formula(text, cell, tmp_path):
    item = {"type": "Feature", "id": "a", "geometry": None, "properties": {"title": text}}
    spool = Spool(tmp_path, 10)
    spool.take([orjson.dumps(item)])
    delimited.write(spool, tmp_path / "items.csv")
    with (tmp_path / "items.csv").open(encoding="utf-8", newline="") as file:
        assert [row["title"] for row in csv.DictReader(file)] == [cell]


def test_a_flatgeobuf_is_read_by_gdal_with_types_and_places(spool, lines, tmp_path):
    path = tmp_path / "items.fgb"
    flatgeobuf.write(spool, path)
    info = pyogrio.read_info(path)
    kinds = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert info["features"] == len(lines)
    assert kinds["eo:cloud_cover"] == "float64"
    assert kinds["landsat:wrs_path"] == "object"
    first = orjson.loads(lines[0])
    west, south, east, north = shape(first["geometry"]).bounds
    found = pyogrio.raw.read(path, bbox=(west, south, east, north), columns=["id"])
    assert first["id"] in set(found[3][0])


def test_a_geoparquet_gives_the_same_items_back(lines, tmp_path):
    spool = Spool(tmp_path, 1000)
    landsat = lines[:100]
    spool.take(landsat)
    geoparquet.write(spool, tmp_path / "items.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "items.parquet")
    back = {item["id"]: item for item in stac_geoparquet.arrow.stac_table_to_items(table)}
    for line in landsat:
        item = orjson.loads(line)
        there = back[item["id"]]
        assert there["assets"] == item["assets"]
        assert there["links"] == item["links"]
        assert there["properties"]["eo:cloud_cover"] == item["properties"]["eo:cloud_cover"]
        assert shape(there["geometry"]).equals_exact(shape(item["geometry"]), 1e-9)


def test_a_property_of_two_kinds_is_text_and_one_of_whole_and_broken_numbers_a_number(tmp_path):
    spool = Spool(tmp_path, 10)
    values = [{"a": 1, "b": 1, "c": True}, {"a": "x", "b": 1.5, "c": False, "d": [1]}]
    spool.take(
        orjson.dumps({"id": str(n), "properties": properties, "assets": {}}) for n, properties in enumerate(values)
    )
    kinds = spool.columns()
    assert kinds.pop("datetime") is str
    assert kinds == {"id": str, "collection": str, "a": str, "b": float, "c": bool, "d": str, "assets": str}


def test_a_file_holds_no_more_than_it_may(lines, tmp_path):
    with pytest.raises(TooLarge, match="exported"):
        Spool(tmp_path, 10).take(lines)


def test_items_that_disagree_do_not_become_a_broken_parquet_file(tmp_path):
    spool = Spool(tmp_path, 10)
    bodies = [
        {
            "type": "Feature",
            "stac_version": "1.0.0",
            "id": str(n),
            "geometry": None,
            "links": [],
            "assets": {},
            "properties": {"datetime": "2024-01-01T00:00:00Z", "x": x},
        }
        for n, x in enumerate([1, {"a": 1}])
    ]
    spool.take(map(orjson.dumps, bodies))
    with pytest.raises(NotAcceptable, match="ndjson"):
        geoparquet.write(spool, tmp_path / "items.parquet")


def test_an_item_without_geometry_is_no_row_of_geoparquet(lines, tmp_path):
    spool = Spool(tmp_path, 10)
    spool.take([orjson.dumps({**orjson.loads(lines[0]), "geometry": None})])
    with pytest.raises(NotAcceptable, match="no geometry"):
        geoparquet.write(spool, tmp_path / "items.parquet")
