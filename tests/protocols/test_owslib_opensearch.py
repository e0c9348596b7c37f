"""OWSLib, unmodified, searches by OpenSearch: everything, and a Collection by its own description."""

import pytest
import world as the_world

pytestmark = pytest.mark.peers
BOX = (170, 60, 180, 70)


@pytest.fixture(scope="module")
def seen(platform, world, installed, told):  # noqa: ARG001 - what is asked for must be there
    python, box = installed("owslib") / "bin/python", ",".join(map(str, BOX))
    return told(python, "owslib_opensearch", f"{platform.url}/opensearch", the_world.COLLECTION, box)


def names(world, test):
    return sorted(item["id"] for item in world if test(item))


def test_the_descriptions_are_read(seen):
    assert (seen["name"], seen["collection"]) == ("Thalweg", "World")
    assert {"application/atom+xml", "application/geo+json", "text/html"} <= set(seen["kinds"])
    assert sorted(seen["platforms"]) == ["landsat-8", "sentinel-2a", "swot"]


def test_every_page_is_turned(seen, world):
    assert seen["total"] == len(world)
    assert seen["all"] == list(dict.fromkeys(seen["all"]))
    assert len(seen["all"]) == min(150, len(world))


def test_place_and_time_narrow(seen, world):
    assert sorted(seen["in_box"]) == names(world, lambda item: the_world.meets(item, *BOX))
    assert sorted(seen["in_time"]) == names(world, lambda item: item["properties"]["datetime"] < "2024-01-05")


def test_what_an_item_is_like_narrows(seen, world):
    assert sorted(seen["by_platform"]) == names(world, lambda item: item["properties"]["platform"] == "swot")[:100]
    assert sorted(seen["by_cloud"]) == names(world, lambda item: item["properties"]["eo:cloud_cover"] >= 90)
    assert set(seen["by_words"]) <= set(names(world, lambda item: "north" in item["properties"]["title"]))
