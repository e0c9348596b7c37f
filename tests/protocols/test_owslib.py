"""OWSLib, unmodified, reads and writes OGC API Features."""

import pytest
import world as the_world

pytestmark = pytest.mark.peers
BOX = (170, 60, 180, 70)


@pytest.fixture(scope="module")
def seen(platform, world, installed, told):  # noqa: ARG001 - what is asked for must be there
    python = installed("owslib") / "bin/python"
    return told(python, "owslib_features", f"{platform.url}/api", platform.admin_token, the_world.COLLECTION, *BOX)


def test_what_is_kept_and_what_is_there_is_listed(seen):
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in seen["conforms"]
    assert {"demo.images", the_world.COLLECTION} <= set(seen["collections"])
    assert seen["collection"] == the_world.COLLECTION
    assert seen["operations"] > 20


def test_collections_are_known_to_be_of_features(seen):
    assert set(seen["of_features"]) == set(seen["collections"])


def test_a_page_a_box_and_a_time_narrow(seen, world):
    assert len(seen["first"]) == 5
    assert sorted(seen["in_box"]) == [item["id"] for item in world if the_world.meets(item, *BOX)]
    assert sorted(seen["in_time"]) == ["w0000", "w0001", "w0002", "w0003"]


def test_what_can_be_asked_for_is_known_and_a_filter_narrows(seen, world):
    assert {"id", "gsd", "eo:cloud_cover", "platform", "title"} <= set(seen["queryables"])
    assert sorted(seen["filtered"]) == [item["id"] for item in world if item["properties"]["gsd"] > 14]


def test_an_item_is_created_replaced_and_deleted(seen):
    assert seen["made"]
    assert seen["replaced"] == "Replaced by OWSLib"
