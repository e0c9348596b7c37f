"""QGIS of Debian, unmodified, opens a Collection as a layer (OGC API Features)."""

import os
import subprocess

import pytest
import world as the_world

PYTHON = "/usr/bin/python3"
pytestmark = pytest.mark.peers
BOX = (-10, -5, 50, 35)


@pytest.fixture(scope="module")
def qgis():
    """Return the Python that has QGIS."""
    if subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs QGIS: scripts/system qgis")
    return PYTHON


@pytest.fixture(scope="module")
def layer(platform, world, qgis, told, tmp_path_factory):  # noqa: ARG001 - what is asked for must be there
    """Return what QGIS saw; it starts in a home of its own, so that nothing is remembered."""
    home = str(tmp_path_factory.mktemp("qgis"))
    own = {"HOME": home, "XDG_RUNTIME_DIR": home, "QT_QPA_PLATFORM": "offscreen", "PATH": os.environ["PATH"]}
    return told(qgis, "qgis_layer", f"{platform.url}/api", the_world.COLLECTION, *BOX, **own)


def test_the_layer_opens_with_its_fields(layer):
    assert layer["valid"], layer["error"]
    assert layer["crs"] in ("OGC:CRS84", "EPSG:4326")
    assert layer["fields"].items() >= {"id": "String", "title": "String", "gsd": "Integer"}.items()


def test_all_pages_are_turned(layer, world):
    assert layer["all"] == sorted(item["id"] for item in world)
    assert layer["count"] == len(world)


def test_a_box_and_an_expression_narrow(layer, world):
    assert layer["in_box"] == sorted(item["id"] for item in world if the_world.meets(item, *BOX))
    assert layer["coarse"] == sorted(item["id"] for item in world if item["properties"]["gsd"] > 14)


def test_attributes_and_place_are_read(layer, world):
    title, gsd, *corners = layer["first"]["w0000"]
    assert [title, gsd] == [world[0]["properties"][name] for name in ("title", "gsd")]
    assert [float(number) for corner in corners for number in corner.split(",")] == world[0]["bbox"]
