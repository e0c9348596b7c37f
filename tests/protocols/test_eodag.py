"""EODAG, unmodified, searches the platform as a provider of the kind StacSearch and downloads from it."""

import os

import pytest
import world as the_world

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def seen(platform, world, installed, told, tmp_path_factory):  # noqa: ARG001 - what is asked for must be there
    home = str(tmp_path_factory.mktemp("eodag"))
    python = installed("eodag") / "bin/python"
    own = {"HOME": home, "PATH": os.environ["PATH"]}
    return told(python, "eodag_search", f"{platform.url}/api", the_world.COLLECTION, f"{home}/taken", **own)


def test_every_page_is_turned(seen, world):
    assert seen["found"] == ["olinda"]
    assert sorted(seen["every"]) == [item["id"] for item in world]


def test_a_box_and_a_time_narrow(seen, world):
    assert sorted(seen["in_box"]) == [item["id"] for item in world if the_world.meets(item, 170, 60, 180, 70)]
    assert sorted(seen["in_time"]) == ["w0000", "w0001", "w0002", "w0003"]


def test_what_was_downloaded_is_what_was_registered(seen, platform):
    with platform.client() as client:
        asset = client.get("/api/collections/demo.images/items/olinda").json()["assets"]["data"]
    assert asset["file:checksum"] == f"1220{seen['sha256']}"
