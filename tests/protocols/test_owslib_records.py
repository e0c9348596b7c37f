"""OWSLib, unmodified, reads and writes OGC API Records."""

import pytest

pytestmark = pytest.mark.peers
CATALOGUE = "owslib-library"


@pytest.fixture(scope="module")
def seen(platform, installed, told):
    python, where = installed("owslib") / "bin/python", f"/records/collections/{CATALOGUE}"
    with platform.client() as client:
        client.post("/records/collections", json={"id": CATALOGUE, "title": "Library"}).raise_for_status()
        yield told(python, "owslib_records", f"{platform.url}/records", platform.admin_token, CATALOGUE)
        client.delete(where).raise_for_status()


def test_what_is_kept_and_what_is_there_is_listed(seen):
    assert "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/searchable-catalog" in seen["conforms"]
    assert {"all", "demo.images", CATALOGUE} <= set(seen["catalogues"])
    assert seen["catalogue"] == CATALOGUE
    assert seen["operations"] > 10


def test_a_record_is_created_replaced_and_deleted(seen):
    assert (seen["made"], seen["replaced"]) == ("Made by OWSLib", "Replaced by OWSLib")


def test_words_types_and_filters_narrow(seen):
    assert seen["words"] == ["by-owslib"]
    assert "by-owslib" in seen["filtered"]
    assert "by-owslib" not in seen["services"]
    assert {"id", "title", "type", "organization"} <= set(seen["queryables"])


def test_pages_follow_each_other_and_are_counted(seen):
    assert len(seen["first"]) == 2
    assert not set(seen["first"]) & set(seen["second"])
    assert seen["matched"][0] == seen["matched"][1] >= len(seen["first"] + seen["second"])
