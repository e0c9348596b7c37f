"""The event stream over HTTP: it begins now, resumes, and ends for who only looks."""

import json

import pytest


@pytest.fixture
def admin(platform):
    with platform.client() as client:
        yield client


def _events(client, count, **headers):
    found = []
    with client.stream("GET", "/events", headers=headers, timeout=30) as stream:
        event = {}
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if not line and "data" in event:
                found.append(event)
                event = {}
            elif name in ("id", "event", "data"):
                event[name] = value
            if len(found) == count:
                return found
    return found


def test_from_the_beginning_and_on_from_where_one_was(admin):
    first, second = _events(admin, 2, **{"last-event-id": "beginning"})
    assert json.loads(first["data"])["at"]
    again = _events(admin, 1, **{"last-event-id": first["id"]})[0]
    assert again["data"] == second["data"]


@pytest.mark.parametrize("last", ["0.0", "1", "x" * 600, ""])
def test_an_id_that_was_not_given_here_is_refused(admin, last):
    answer = admin.get("/events", headers={"last-event-id": last})
    assert answer.status_code == 400
    assert answer.json()["parameter"] == "Last-Event-ID"


def test_head_ends_at_once(admin):
    answer = admin.head("/events")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
