"""kill -9 of the whole tree under writes: what was accepted is there, what happened was told, nothing runs twice."""

import contextlib
import json
import os
import signal
import threading

import httpx
import pytest

from running import Running, gone

COLLECTION = {
    "type": "Collection",
    "stac_version": "1.1.0",
    "id": "admin.many",
    "description": "Many.",
    "license": "other",
    "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
    "links": [],
}


def _item(name):
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": name,
        "collection": "admin.many",
        "geometry": {"type": "Point", "coordinates": [0.0, 0.0]},
        "bbox": [0.0, 0.0, 0.0, 0.0],
        "properties": {"datetime": "2024-01-01T00:00:00Z"},
        "links": [],
        "assets": {},
    }


@pytest.mark.timeout(300)
def test_killed_whole_under_writes_it_keeps_every_accepted_item_and_tells_of_each(tmp_path):
    running = Running(tmp_path / "home").start()
    with running.client() as client:
        client.post("/api/collections", json=COLLECTION).raise_for_status()
        image = client.get("/api/search", params={"limit": 1}).json()["features"][0]
        execution = {"inputs": {"image": f"{image['collection']}/{image['id']}"}}
        prefer = {"prefer": "respond-async"}
        jobs = [
            client.post("/api/processes/water-mask/execution", json=execution, headers=prefer).json()["jobID"]
            for _ in range(3)
        ]
    accepted = _written_until_killed(running)
    assert accepted
    again = Running(tmp_path / "home", admin_token=running.admin_token).start()
    try:
        with again.client() as client:
            here = {one["id"] for one in _all(client, "admin.many")}
            assert set(accepted) <= here
            assert _told(client) == here
            for job in jobs:
                ended = _ended(client, job)
                assert ended["status"] == "successful", ended
            results = _all(client, "admin.results")
            assert sorted(one["properties"]["thalweg:job"] for one in results) == sorted(jobs)
    finally:
        again.stop()


def _written_until_killed(running):
    """Write from four threads; kill every process of the tree in the middle; return what was accepted."""
    accepted, enough = [], threading.Event()
    threads = [threading.Thread(target=_write, args=(running, number, accepted, enough)) for number in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    tree = running.tree()
    for pid in tree:
        os.kill(pid, signal.SIGKILL)
    for thread in threads:
        thread.join(60)
    running.process.wait()
    running.process.stdout.close()
    assert gone(tree)
    return accepted


def _write(running, thread, accepted, enough):
    """Register Items one by one until nobody answers any more."""
    with running.client() as client, contextlib.suppress(httpx.TransportError):
        for number in range(10_000):
            name = f"item-{thread}-{number}"
            if client.post("/api/collections/admin.many/items", json=_item(name)).status_code == 201:
                accepted.append(name)
            if len(accepted) > 60:
                enough.set()


def _all(client, collection):
    page = client.get(f"/api/collections/{collection}/items", params={"limit": 1000}).json()
    return page["features"]


def _told(client):
    """Read the event stream from its beginning; return the Items it told of, each once."""
    expected = len(_all(client, "admin.many"))
    subjects = []
    with client.stream("GET", "/events", headers={"last-event-id": "beginning"}, timeout=30) as stream:
        for name in _registered(stream.iter_lines()):
            subjects.append(name)
            if len(subjects) == expected:
                break
    assert len(set(subjects)) == len(subjects)
    return set(subjects)


def _registered(lines):
    kind = None
    for line in lines:
        if line.startswith("event: "):
            kind = line.removeprefix("event: ")
        elif line.startswith("data: ") and kind == "item":
            data = json.loads(line.removeprefix("data: "))
            collection, _, name = data["subject"].partition("/")
            if collection == "admin.many" and data["kind"] == "registered":
                yield name


def _ended(client, job):
    for _ in range(2000):
        status = client.get(f"/api/jobs/{job}").json()
        if status["status"] in ("successful", "failed", "dismissed"):
            return status
        threading.Event().wait(0.05)
    raise AssertionError(f"the Job still is {status}")
