"""Items loaded in bulk, their earlier versions, and conditions on changes."""

import orjson
import pytest
from callers import AS_ALICE, AS_BOB
from made_items import an_item

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
ITEMS = "/api/collections/demo.images/items"
LINES = {**AS_ALICE, "content-type": "application/x-ndjson"}


def lines(*documents):
    return b"\n".join(one if isinstance(one, bytes) else orjson.dumps(one) for one in documents)


async def load(client, content, headers=LINES, **words):
    return await client.post(ITEMS, content=content, headers=headers, params=words)


async def test_lines_are_loaded_and_each_is_told_of(client):
    wrong = an_item("wrong", "demo.images", datetime="soon")
    content = lines(
        an_item("n1", "demo.images"), b"", wrong, b"{", an_item("n2", "elsewhere"), b"[]", an_item("i01", "demo.images")
    )
    report = (await load(client, content)).json()
    assert {name: report[name] for name in ("read", "registered", "replaced", "unchanged", "refused")} == {
        "read": 6,
        "registered": 1,
        "replaced": 1,
        "unchanged": 0,
        "refused": 4,
    }
    told = {one["line"]: one for one in report["errors"]}
    assert sorted(told) == [3, 4, 5, 6]
    assert (told[3]["id"], told[3]["parameter"]) == ("wrong", "properties.datetime")
    assert told[5]["parameter"] == "collection"
    assert (await client.get(f"{ITEMS}/n1")).status_code == 200
    again = (await load(client, lines(an_item("n1", "demo.images")))).json()
    assert (again["unchanged"], again["registered"]) == (1, 0)


async def test_a_byte_order_mark_is_no_part_of_the_first_line(client):
    report = (await load(client, b"\xef\xbb\xbf" + lines(an_item("n1", "demo.images")))).json()
    assert (report["registered"], report["refused"]) == (1, 0)


async def test_an_item_that_is_there_is_refused_if_so_wanted(client):
    report = (
        await load(
            client, lines(an_item("i01", "demo.images"), an_item("n1", "demo.images")), **{"on-conflict": "refuse"}
        )
    ).json()
    assert (report["registered"], report["refused"], report["errors"][0]["status"]) == (1, 1, 409)
    answer = await load(client, b"", **{"on-conflict": "maybe"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "on-conflict")


async def test_thousands_are_loaded_in_pieces_and_what_came_before_a_break_stays(client):
    whole = lines(*(an_item(f"k{n:04}", "demo.images") for n in range(1500)))

    async def broken():
        yield whole
        yield b"\n" + b"x" * 200_000

    answer = await client.post(ITEMS, content=broken(), headers=LINES)
    assert answer.status_code == 413
    assert (await client.get(f"{ITEMS}/k0999")).status_code == 200
    assert (await client.get(f"{ITEMS}/k1000")).status_code == 404
    report = (await load(client, whole)).json()
    assert (report["unchanged"], report["registered"]) == (1000, 500)


async def test_a_connection_that_breaks_leaves_whole_thousands(application, client):
    whole = lines(*(an_item(f"k{n:04}", "demo.images") for n in range(1500)))
    messages = [{"type": "http.request", "body": whole, "more_body": True}, {"type": "http.disconnect"}]
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": ITEMS,
        "raw_path": ITEMS.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in {**LINES, "host": "eo.example"}.items()],
        "server": ("eo.example", 80),
    }

    async def receive():
        return messages.pop(0)

    async def send(message):
        pytest.fail(f"nobody is there to be told {message}")

    await application(scope, receive, send)
    assert [(await client.get(f"{ITEMS}/k{n:04}")).status_code for n in (0, 999, 1000, 1499)] == [200, 200, 404, 404]


@pytest.mark.parametrize(("headers", "status"), [({}, 401), (AS_BOB, 403)])
async def test_who_may_not_write_loads_nothing(client, headers, status):
    answer = await load(
        client, lines(an_item("n1", "demo.images")), {**headers, "content-type": "application/x-ndjson"}
    )
    assert answer.status_code == status
    answer = await client.post(
        "/api/collections/alice.results/items",
        content=b"{}",
        headers={**AS_BOB, "content-type": "application/x-ndjson"},
    )
    assert answer.status_code == 404


async def test_an_object_of_items_is_inserted_or_put(client):
    path = "/api/collections/demo.images/bulk_items"
    items = {name: an_item(name, "demo.images") for name in ("n1", "n2")}
    assert (await client.post(path, json={"items": items}, headers=AS_ALICE)).json()["registered"] == 2
    more = {"items": {**items, "n3": an_item("n3", "demo.images")}, "method": "insert"}
    assert (await client.post(path, json=more, headers=AS_ALICE)).status_code == 409
    assert (await client.get(f"{ITEMS}/n3")).status_code == 404
    put = (await client.post(path, json={**more, "method": "upsert"}, headers=AS_ALICE)).json()
    assert (put["unchanged"], put["registered"]) == (2, 1)
    for body, parameter in (
        ({"items": []}, "items"),
        ({"items": {}, "method": "merge"}, "method"),
        ({"items": {"x": items["n1"]}}, "id"),
    ):
        answer = await client.post(path, json=body, headers=AS_ALICE)
        assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


async def test_what_an_item_was_stays_readable(client):
    where = f"{ITEMS}/i01"
    for title in ("First", "Second"):
        await client.patch(where, json={"properties": {"title": title}}, headers=AS_ALICE)
    told = (await client.get(f"{where}/versions")).json()
    listed = told["versions"]
    assert len(listed) == 3
    assert listed[0]["until"] is None
    titles = [(await client.get(one["links"][0]["href"])).json()["properties"]["title"] for one in listed]
    assert titles == ["Second", "First", "The river Po, number 1"]
    number = listed[1]["version"]
    assert (await client.get(where, params={"version": number})).headers["etag"] == f'"{number:x}"'
    assert (await client.get(where, params={"version": 99})).status_code == 404
    assert (await client.get("/api/collections/alice.results/items/secret/versions", headers=AS_BOB)).status_code == 404


@pytest.mark.parametrize("where", [f"{ITEMS}/i01", "/api/collections/demo.images"])
async def test_a_change_may_ask_that_nothing_is_there(client, where):
    for method in ("PUT", "PATCH"):
        answer = await client.request(method, where, json={}, headers={**AS_ALICE, "if-none-match": "*"})
        assert answer.status_code == 412


async def test_what_the_platform_adds_is_not_kept(client, filled):
    from callers import ALICE  # noqa: PLC0415

    before = filled.collection("demo.images", ALICE).body
    shown = (await client.get("/api/collections/demo.images")).json()
    put = await client.put("/api/collections/demo.images", json=shown, headers=AS_ALICE)
    assert put.status_code == 204
    assert filled.collection("demo.images", ALICE).body == before


async def test_the_short_way_and_the_ordinary_one_answer_the_same(client):
    """A query, even an empty form, takes a GET from the short way."""
    for path in (
        f"{ITEMS}/i01",
        f"{ITEMS}/absent",
        "/api/collections/alice.results/items/secret",
        "/workspaces/demo/api/collections/demo.images/items/i01",
    ):
        for headers in ({}, AS_ALICE, {"authorization": "Bearer unknown"}, {"accept": "image/png"}):
            short = await client.get(path, headers=headers)
            ordinary = await client.get(
                path, params={"f": "json"} if headers.get("accept") is None else {}, headers=headers
            )
            assert (short.status_code, short.content) == (ordinary.status_code, ordinary.content)
            assert short.headers == ordinary.headers
