"""OWSLib and the MetaSearch of QGIS, unmodified, read and write CSW 2.0.2 and 3.0."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import uvicorn

sys.path.append(str(Path(__file__).parents[1] / "conformance"))

from csw_world import World

pytestmark = pytest.mark.peers
PYTHON = "/usr/bin/python3"
RHINE_AND_ELBE = ["urn:x-test:elbe", "urn:x-test:rhine"]


@pytest.fixture(scope="module")
def address(item_store, tmp_path_factory):
    """Return the address of a running service."""
    world = World(tmp_path_factory.mktemp("csw"), store=item_store)
    server = uvicorn.Server(uvicorn.Config(world.application, log_level="critical", lifespan="off"))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/csw"
    server.should_exit = True
    thread.join()
    world.close()


@pytest.fixture(scope="module")
def seen(address, installed, told):
    python = installed("owslib") / "bin/python"
    return told(python, "owslib_csw", address, "Bearer alice", 5, 48, 6, 49)


def test_capabilities_are_read(seen):
    assert (seen["title"], seen["provider"]) == ("Thalweg", "Thalweg")
    assert {"GetRecords", "GetRecordById", "GetDomain", "DescribeRecord", "Transaction"} <= set(seen["operations"])
    assert {"GetRecords", "GetRecordById", "GetDomain", "Transaction"} <= set(seen["third"])


def test_records_are_found_by_words_boxes_and_both(seen):
    assert seen["words"]["results"] == {"matches": 2, "returned": 1, "nextrecord": 2}
    assert seen["box"]["ids"] == ["urn:x-test:rhine"]
    assert seen["both"]["ids"] == ["urn:x-test:rhine"]
    assert seen["either"]["ids"] == sorted([*RHINE_AND_ELBE, "urn:x-test:levels"])
    assert seen["cql"]["results"]["matches"] == 3
    assert len(seen["sorted"]["ids"]) == 3


def test_records_are_read_in_their_schemas(seen):
    assert seen["by_id"]["urn:x-test:rhine"] == ["Water levels of the Rhine", "4.0", "52.0"]
    assert seen["iso"] == {"urn:x-test:rhine": "Water levels of the Rhine"}


def test_values_are_listed(seen):
    kinds = ["dataset", "document", "image", "series", "service"]
    assert (seen["types"], seen["third_types"]) == (kinds, kinds)
    assert seen["result_types"] == ["hits", "results", "validate"]
    assert seen["described"]


def test_records_are_inserted_updated_and_deleted_by_who_may(seen):
    assert "sign in" in seen["refused"]
    assert (seen["inserted"], seen["updated"], seen["deleted"]) == (["by-owslib"], "Newer", True)


def test_version_3_finds_the_same(seen):
    assert seen["third_words"]["ids"] == RHINE_AND_ELBE
    assert seen["third_box"]["ids"] == ["urn:x-test:rhine"]


@pytest.fixture(scope="module")
def searched(address, told, tmp_path_factory):
    """Return what MetaSearch of QGIS saw, in a home of its own."""
    modules = "import qgis.core, owslib, jinja2"
    if subprocess.run([PYTHON, "-c", modules], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs QGIS with MetaSearch: scripts/system qgis")
    home = str(tmp_path_factory.mktemp("qgis"))
    own = {"HOME": home, "XDG_RUNTIME_DIR": home, "QT_QPA_PLATFORM": "offscreen", "PATH": os.environ["PATH"]}
    return told(PYTHON, "metasearch_csw", address, "river", 5, 48, 6, 49, **own)


def test_metasearch_finds_by_words_and_a_box(searched):
    assert searched["found"] == {"urn:x-test:rhine": "Water levels of the Rhine"}
    assert [float(one) for one in searched["boxes"]["urn:x-test:rhine"]] == [4.0, 47.5, 9.7, 52.0]
    assert searched["links"]["urn:x-test:rhine"] == ["https://river.example/rhine.csv"]


def test_metasearch_turns_pages(searched):
    assert (searched["matched"], len(searched["first"]), len(searched["second"])) == (15, 4, 4)
    assert not set(searched["first"]) & set(searched["second"])


def test_metasearch_shows_the_service_and_a_record(searched):
    assert "Thalweg" in searched["service"]
    assert "Water levels of the Rhine" in searched["page"]
