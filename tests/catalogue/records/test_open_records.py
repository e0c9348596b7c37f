"""What a page says of how a Record is opened: only what can be opened so, quoted as each program reads it."""

import ast
import shlex

import pytest

from thalweg.catalogue.api.records.opening import Place, opened_in
from thalweg.catalogue.records.record import Link, Record
from thalweg.core.geometry import BBox

HERE = Place("https://eo.example/records/collections/a/items/it's%20$HOME", "https://eo.example/api")
SOMEWHERE = (BBox(1, 2, 3, 4),)


def opened(**told):
    return dict(opened_in(Record("one", **told), HERE))


def test_what_lies_nowhere_is_no_layer():
    assert set(opened()) == {"Python", "R", "curl"}
    assert "QGIS" in opened(boxes=SOMEWHERE)


@pytest.mark.parametrize(
    ("href", "protocol", "layer", "address"),
    [
        (
            "https://maps.example/wms?map=/a.map&SERVICE=WMS&request=GetCapabilities",
            "",
            "WMS/WMTS",
            "https://maps.example/wms?map=/a.map",
        ),
        ("https://maps.example/wms", "OGC:WMS", "WMS/WMTS", "https://maps.example/wms"),
        (
            "https://maps.example/wfs",
            "OGC:WFS-1.0.0-http-get-feature",
            "WFS / OGC API - Features",
            "https://maps.example/wfs",
        ),
    ],
)
def test_a_service_is_a_layer_of_its_own(href, protocol, layer, address):
    twice = (Link(href, protocol=protocol), Link(f"{href}", protocol=protocol))
    title, told = opened(links=twice)["QGIS"].splitlines()
    assert title == f"# Layer > Add Layer > Add {layer} Layer > New, with this address:"
    assert told == address


def test_a_file_is_opened_by_what_reads_it():
    vector = Link("https://files.example/it's.gpkg", "enclosure", "application/geopackage+sqlite3")
    told = opened(links=(Link("https://files.example/a.pdf", "enclosure", "application/pdf"), vector))
    assert shlex.split(told["QGIS"]) == ["qgis", "/vsicurl/https://files.example/it's.gpkg"]
    assert told["R"].endswith('features <- sf::st_read("/vsicurl/https://files.example/it\'s.gpkg")')
    assert shlex.split(told["curl"].splitlines()[1]) == ["curl", "-L", "-O", "https://files.example/a.pdf"]


def test_no_address_is_read_as_more_than_an_address():
    hostile = "https://files.example/\"'`$(id)\\'\n.tif"
    told = opened(links=(Link(hostile, "enclosure", "image/tiff; application=geotiff"),), boxes=SOMEWHERE)
    assert shlex.split(told["curl"])[-1] == hostile
    assert shlex.split(told["QGIS"])[-1] == f"/vsicurl/{hostile}"
    names = [node.value for node in ast.walk(ast.parse(told["Python"])) if isinstance(node, ast.Constant)]
    assert hostile in names
    assert told["R"].count('\\"') == 1


def test_an_address_of_several_lines_is_none_that_people_are_told_to_paste():
    link = Link(href="http://x.example/wms?map=a\nrm -rf ~ #&service=WMS", rel="related")
    told = opened_in(Record(id="a", type="dataset", title="t", links=(link,)), Place("http://p/r", "http://p/api"))
    assert "rm -rf" not in str(told)
