"""A data folder of each version before is opened, migrated and used as it was left."""

import subprocess
import sys
import tarfile
from pathlib import Path

import apsw
import pytest

from running import Running

OLD = sorted((Path(__file__).parents[1] / "data").glob("home-*.tar.gz"))
TOKEN = "the-token-of-the-old-folder"
VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.4.0"]


def test_there_is_a_folder_of_every_version():
    assert [one.name for one in OLD] == [f"home-{version}.tar.gz" for version in VERSIONS]


def unpacked(version, folder):
    """Return the data folder that a version left."""
    with tarfile.open(OLD[0].parent / f"home-{version}.tar.gz") as packed:
        packed.extractall(folder, filter="data")
    return folder / "home"


@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_opened_and_used_as_it_was_left(version, tmp_path):
    running = Running(unpacked(version, tmp_path), demo=False, admin_token=TOKEN).start()
    try:
        with running.client() as client:
            images = client.get("/api/search?collections=admin.images,admin.results").json()["features"]
            jobs = client.get("/api/jobs").json()["jobs"]
            result = next(one for one in images if one["collection"] == "admin.results")
            assert {one["collection"] for one in images} == {"admin.images", "admin.results"}
            assert [job["status"] for job in jobs] == ["successful"]
            assert result["properties"]["thalweg:job"] == jobs[0]["jobID"]
            assert client.get(f"/api/jobs/{jobs[0]['jobID']}/logs").status_code == 200
            for image in images:
                thumbnail = next(link["href"] for link in image["links"] if link["rel"] == "thumbnail")
                assert client.get(thumbnail).headers["content-type"] == "image/jpeg"
        with running.client(admin=False) as anyone:
            assert anyone.get("/api/search").json()["features"] == []
    finally:
        running.stop()


def test_a_catalogue_that_was_packed_indexed_and_changed_is_as_it_was_left(tmp_path):
    home = unpacked("0.2.0", tmp_path)
    running = Running(home, demo=False, admin_token=TOKEN).start()
    try:
        with running.client() as client:
            items = "/api/collections/admin.series/items"
            clear = client.get(items, params={"filter": '"eo:cloud_cover" >= 98', "sortby": "eo:cloud_cover"}).json()
            assert [one["id"] for one in clear["features"]] == ["scene-098", "scene-099"]
            assert [one["id"] for one in client.get(items, params={"q": "first"}).json()["features"]] == ["scene-000"]
            history = client.get(f"{items}/scene-000/versions").json()["versions"]
            assert [one["version"] for one in history] == [2, 1]
            then = client.get(f"{items}/scene-000", params={"version": 1}).json()
            assert then["properties"]["title"] == "Flood of day 0"
            assert [one["removed"] for one in client.get(f"{items}/scene-001/versions").json()["versions"]] == [
                True,
                False,
            ]
            assert client.get(items, params={"limit": 1, "count": True}).json()["numberMatched"] == 159
    finally:
        running.stop()
    command = [sys.executable, "-m", "thalweg.app.cli", "catalogue", "check", "--home", str(home)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("version", ["0.3.0", "0.4.0"])
def test_records_a_snapshot_and_a_rule_are_as_they_were_left(version, tmp_path):
    home = unpacked(version, tmp_path)
    running = Running(home, demo=False, admin_token=TOKEN).start()
    try:
        with running.client() as client:
            library = "/records/collections/admin.library/items"
            assert client.get(f"{library}/guide").json()["properties"]["title"] == "A guide, revised"
            given = client.get(f"{library}/gauges", params={"f": "iso19139"}).content
            assert b'encoding="ISO-8859-1"' in given
            assert "Pénestin".encode("latin-1") in given
            asked = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": "collection:admin.library"}
            assert client.get("/oai", params=asked).text.count('status="deleted"') == 1
            (snapshot,) = client.get("/api/snapshots").json()["snapshots"]
            assert client.get(f"/api/snapshots/{snapshot['id']}/verification").json()["same"] is True
            rule = client.get("/api/collections/admin.series/freshness/rule").json()
            assert (rule["state"], rule["rule"]["step_days"]) == ("confirmed", 1)
            assert client.get(f"{library}/elsewhere").status_code == 200
            (source,) = client.get("/records/collections/admin.library/harvests").json()["harvests"]
            assert source["interval"] == "P1W"
            again = client.get("/records/collections/admin.records/items/again")
            assert (again.status_code == 200) is (version != "0.3.0")
    finally:
        running.stop()
    # Who did not take the answer to a Harvest is not forgotten.
    kept = apsw.Connection(str(home / "control.sqlite"))
    waiting = kept.execute("SELECT handlers FROM harvest_errand WHERE tries > 0 AND answer <> ''").fetchall()
    assert waiting == ([] if version == "0.3.0" else [('["http://127.0.0.1:9/told"]',)])
