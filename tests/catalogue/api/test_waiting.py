"""Where a server answers what is asked of the catalogue, no request makes the others wait for it."""

import threading

import orjson
import pytest
from made_items import an_item

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
ALICE = {"authorization": "Bearer alice"}
ITEMS = "/api/collections/demo.images/items"
LINES = {"content-type": "application/x-ndjson"}
NEW = an_item("new", "demo.images")


@pytest.fixture
def threads(store, monkeypatch):
    """Return the threads that wait for the store, which is as far away as a server is."""
    waited = []

    def noted(name):
        ask = getattr(store, name)

        def asking(*given, **more):
            waited.append(threading.current_thread())
            return ask(*given, **more)

        monkeypatch.setattr(store, name, asking)

    for name in ("item", "collection", "find", "register", "load", "replace", "remove"):
        noted(name)
    monkeypatch.setattr(type(store), "computes", False)
    return waited


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", f"{ITEMS}/i01", {}),
        ("GET", f"{ITEMS}/i01", {"headers": {"if-none-match": '"1"'}}),
        ("GET", "/api/collections/demo.images", {}),
        ("GET", "/api/collections/demo.images/browse", {}),
        ("GET", "/api/collections/demo.images/children", {}),
        ("GET", ITEMS, {}),
        ("POST", ITEMS, {"json": NEW, "headers": ALICE}),
        ("POST", ITEMS, {"content": orjson.dumps(NEW), "headers": {**ALICE, **LINES}}),
        ("POST", "/api/collections/demo.images/bulk_items", {"json": {"items": {"new": NEW}}, "headers": ALICE}),
        ("PATCH", f"{ITEMS}/i01", {"json": {"properties": {"gsd": 3}}, "headers": {**ALICE, "if-match": '"1"'}}),
        ("DELETE", f"{ITEMS}/i01", {"headers": {**ALICE, "if-match": '"1"'}}),
        ("PATCH", "/api/collections/demo.images", {"json": {"title": "T"}, "headers": {**ALICE, "if-match": '"1"'}}),
    ],
)
async def test_who_answers_requests_waits_for_no_server(client, threads, method, path, said):
    answer = await client.request(method, path, **said)
    assert answer.status_code < 400, answer.text
    assert threads
    assert threading.current_thread() not in threads
