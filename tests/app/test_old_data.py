"""A data folder of each version before is opened, migrated and used as it was left."""

import tarfile
from pathlib import Path

import pytest

from running import Running

OLD = sorted((Path(__file__).parents[1] / "data").glob("home-*.tar.gz"))
TOKEN = "the-token-of-the-old-folder"


def test_there_is_a_folder_of_every_version():
    assert [one.name for one in OLD] == ["home-0.1.0.tar.gz"]


@pytest.mark.parametrize("packed", OLD, ids=lambda one: one.name)
def test_it_is_opened_and_used_as_it_was_left(packed, tmp_path):
    with tarfile.open(packed) as folder:
        folder.extractall(tmp_path, filter="data")
    running = Running(tmp_path / "home", demo=False, admin_token=TOKEN).start()
    try:
        with running.client() as client:
            images = client.get("/api/search").json()["features"]
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
