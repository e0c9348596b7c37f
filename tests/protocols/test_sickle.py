"""Sickle, unmodified, harvests by OAI-PMH."""

import pytest
import world as the_world

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def seen(platform, world, installed, told):
    address = f"/api/collections/{the_world.COLLECTION}/items"
    with platform.client() as client:
        gone = {**world[0], "id": "gone"}
        client.post(address, json=gone).raise_for_status()
        client.delete(f"{address}/gone").raise_for_status()
    return told(installed("sickle") / "bin/python", "sickle_harvest", f"{platform.url}/oai", the_world.COLLECTION)


def test_the_repository_and_what_it_offers_are_known(seen):
    assert (seen["protocol"], seen["deleted"], seen["granularity"]) == ("2.0", "persistent", "YYYY-MM-DDThh:mm:ssZ")
    assert {"oai_dc", "iso19139"} <= set(seen["formats"])
    assert {f"collection:{the_world.COLLECTION}", "type:item"} <= set(seen["sets"])


def test_every_record_of_a_set_is_harvested_once(seen, world):
    told = {identifier.rpartition("/")[2]: title for identifier, title in seen["titles"].items()}
    assert told == {item["id"]: [item["properties"]["title"]] for item in world}
    assert len(seen["identifiers"]) == len(set(seen["identifiers"])) == len(world) + len(seen["ends"])


def test_what_was_removed_is_known_to_be(seen):
    # Other clients of the same run have removed Items before.
    assert seen["identifiers"][-1] == seen["ends"][-1]
    assert seen["ends"][-1].rpartition("/")[2] == "gone"


def test_a_harvest_goes_on_from_the_last_datestamp(seen):
    assert {seen["ends"][-1]} <= set(seen["since_last"]) <= set(seen["identifiers"])


def test_another_format_is_given(seen):
    assert seen["iso"]


def test_errors_are_raised_as_the_client_knows_them(seen):
    assert seen["refused"] == dict.fromkeys(seen["refused"], True)
