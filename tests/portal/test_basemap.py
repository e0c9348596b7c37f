"""The committed basemap holds what its source holds, with its names whole."""

import csv
import json
from pathlib import Path

import pytest

EXPECTED = Path(__file__).parent / "land_shares.csv"
ZOOMS = range(6)


def expected_shares(zoom):
    with EXPECTED.open() as table:
        rows = [row for row in csv.DictReader(table) if int(row["zoom"]) == zoom]
    return {(int(row["x"]), int(row["y"])): float(row["land"]) for row in rows}


def land_share(layers):
    return sum(shape.area() for shape in layers.get("land", []))


@pytest.mark.parametrize("zoom", ZOOMS)
def test_every_tile_holds_as_much_land_as_its_source(basemap, zoom):
    expected = expected_shares(zoom)
    found = {(x, y): land_share(basemap.tile(zoom, x, y)) for x in range(2**zoom) for y in range(2**zoom)}
    wrong = {
        at: (share, expected.get(at, 0)) for at, share in found.items() if abs(share - expected.get(at, 0)) > 0.003
    }
    assert not wrong


def test_no_name_lost_a_letter(basemap_folder, basemap):
    names = [row[0] for row in json.loads((basemap_folder / "places.json").read_text(encoding="utf-8"))]
    for x in range(32):
        for y in range(32):
            for shapes in basemap.tile(5, x, y).values():
                names += [str(shape.properties["name"]) for shape in shapes if "name" in shape.properties]
    assert len(names) > 14_000
    assert [name for name in names if "?" in name or "\ufffd" in name or not name.strip()] == []


@pytest.mark.parametrize(
    "name", ["São Paulo", "Jaboatão dos Guararapes", "Maceió", "Rhône", "Garonne", "São Francisco", "Brazil", "Olinda"]
)
def test_the_gazetteer_spells(basemap_folder, name):
    assert name in {row[0] for row in json.loads((basemap_folder / "places.json").read_text(encoding="utf-8"))}


def test_the_garonne_is_not_the_drau(basemap):
    rivers = {shape.properties.get("name") for shape in basemap.tile(5, 16, 11)["river"]}
    assert "Garonne" in rivers
    assert "Drau" not in rivers


def test_far_out_only_great_places_are_named(basemap):
    ranks = [
        shape.properties["rank"] for x in range(4) for y in range(4) for shape in basemap.tile(2, x, y).get("place", [])
    ]
    assert 0 < len(ranks) < 500
    assert max(ranks) <= 2
