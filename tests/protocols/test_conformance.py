"""What is declared is kept: the platform tries each class on its running data, and no class fails."""

import pytest


@pytest.mark.parametrize("admin", [True, False])
def test_no_declared_class_is_disproved_on_the_running_data(platform, world, admin):  # noqa: ARG001 - must be there
    with platform.client(admin=admin) as client:
        told = client.get("/api/conformance?verify").raise_for_status().json()
    verdicts = {one["uri"]: one["verdict"] for one in told["verified"]}
    assert set(verdicts) == set(told["conformsTo"])
    assert {one["uri"]: one["evidence"] for one in told["verified"] if one["verdict"] == "failed"} == {}
    assert {one["uri"]: one["evidence"] for one in told["verified"] if one["verdict"] != "passed"} == {}


def test_what_is_verified_is_not_changed(platform, world):  # noqa: ARG001 - must be there
    with platform.client() as client:
        (newest,) = client.get("/api/search", params={"limit": 1}).json()["features"]
        (item,) = (one["href"] for one in newest["links"] if one["rel"] == "self")
        looked_at = ("/api/collections?limit=100", "/api/jobs", item, f"{item}/versions")
        before = [client.get(path).raise_for_status().text for path in looked_at]
        client.get("/api/conformance?verify").raise_for_status()
        assert [client.get(path).text for path in looked_at] == before
