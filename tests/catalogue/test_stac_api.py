"""The STAC API as its clients speak it."""

import base64
import copy

import httpx
import openapi_spec_validator
import orjson
import pystac
import pytest
from callers import ALICE, AS_ALICE, AS_BOB
from made_items import a_box, a_collection, an_item

from thalweg.catalogue import jsonschemas
from thalweg.core.queries import ItemQuery

pytestmark = pytest.mark.anyio
SHOWN = {**AS_ALICE, "prefer": "return=representation"}
ITEMS = "/api/collections/demo.images/items"


@pytest.fixture
def filled(catalogue):
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    catalogue.register_collection(a_collection("alice.results"), ALICE)
    items = [an_item(f"i{n:02}", "demo.images", datetime=f"2024-01-{n:02}T00:00:00Z") for n in range(1, 26)]
    catalogue.register([*items, an_item("secret", "alice.results")], ALICE)
    return catalogue


def rels(document):
    return {link["rel"]: link["href"] for link in document["links"]}


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [feature["id"] for feature in answer.json()["features"]]


async def test_the_landing_page_is_a_catalogue(client):
    page = (await client.get("/api/")).json()
    assert page["type"] == "Catalog"
    assert page["stac_version"] == "1.1.0"
    assert {"https://api.stacspec.org/v1.0.0/core", "https://api.stacspec.org/v1.0.0/item-search"} <= {
        *page["conformsTo"]
    }
    assert {"self", "root", "data", "search", "conformance", "service-desc", "service-doc"} <= {*rels(page)}
    assert {link.get("method") for link in page["links"] if link["rel"] == "search"} == {"GET", "POST"}
    for rel in ("self", "data", "conformance", "service-doc"):
        assert (await client.get(rels(page)[rel])).status_code == 200


@pytest.mark.parametrize("version", ["3.0", "3.1"])
async def test_the_openapi_document_is_valid(client, version):
    document = (await client.get("/api/openapi", params={"f": version})).json()
    openapi_spec_validator.validate(document)
    assert {"get", "post"} <= {*document["paths"]["/search"]}


async def test_what_is_served_is_valid_stac(client, filled):  # noqa: ARG001 - fills
    item = (await client.get(f"{ITEMS}/i01")).json()
    jsonschemas.check("Feature", item)
    collection = (await client.get("/api/collections/demo.images")).json()
    jsonschemas.check("Collection", collection)
    assert pystac.Item.from_dict(item).id == "i01"
    assert pystac.Collection.from_dict(collection).id == "demo.images"
    page = (await client.get("/api/search")).json()
    for feature in page["features"]:
        jsonschemas.check("Feature", feature)


async def test_an_item_is_served_with_its_links_and_absolute_hrefs(client, filled):
    local = an_item("local", "demo.images")
    local["assets"]["data"]["href"] = "thalweg:/workspaces/demo/files/a%20b.tif"
    local["links"] = [{"rel": "derived_from", "href": "thalweg:/api/collections/demo.images/items/i01"}]
    filled.register([local], ALICE)
    answer = await client.get(f"{ITEMS}/local")
    assert answer.headers["content-type"] == "application/geo+json"
    item, root = answer.json(), "http://eo.example/api"
    assert item["assets"]["data"]["href"] == "http://eo.example/workspaces/demo/files/a%20b.tif"
    assert rels(item) == {
        "derived_from": f"{root}/collections/demo.images/items/i01",
        "self": f"{root}/collections/demo.images/items/local",
        "root": f"{root}/",
        "parent": f"{root}/collections/demo.images",
        "collection": f"{root}/collections/demo.images",
        "tilejson": f"{root}/collections/demo.images/items/local/tilejson.json",
        "version-history": f"{root}/collections/demo.images/items/local/versions",
        "alternate": f"{root}/collections/demo.images/items/local?f=html",
    }
    bare = an_item("bare", "demo.images", assets={})
    filled.register([bare], ALICE)
    assert "tilejson" not in rels((await client.get(f"{ITEMS}/bare")).json())


@pytest.mark.parametrize("how", ["GET", "POST", "items"])
async def test_pages_join_to_the_whole_and_lead_back(client, filled, how):  # noqa: ARG001 - fills
    async def turn(link):
        if link["method"] == "GET":
            return await client.get(link["href"])
        return await client.post(link["href"], json={**body, **link["body"]})

    body = {"collections": ["demo.images"], "limit": 7, "datetime": "2024-01-03T00:00:00Z/.."}
    words = {"collections": "demo.images", "limit": 7, "datetime": body["datetime"]}
    answer = await {
        "GET": lambda: client.get("/api/search", params=words),
        "POST": lambda: client.post("/api/search", json=body),
        "items": lambda: client.get(ITEMS, params={"limit": 7, "datetime": body["datetime"]}),
    }[how]()
    pages = [answer]
    while turned := [link for link in pages[-1].json()["links"] if link["rel"] == "next"]:
        pages.append(await turn(turned[0]))
    assert [item for page in pages for item in ids(page)] == [f"i{n:02}" for n in range(25, 2, -1)]
    back = [pages[-1]]
    while turned := [link for link in back[-1].json()["links"] if link["rel"] == "prev"]:
        back.append(await turn(turned[0]))
    assert [ids(page) for page in reversed(back)] == [ids(page) for page in pages]


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({"ids": "i01,i02,absent"}, ["i02", "i01"]),
        ({"collections": "nowhere"}, []),
        ({"bbox": "10,10,11,11", "limit": "1"}, ["i25"]),
        ({"bbox": "10,10,0,11,11,9000", "limit": "1"}, ["i25"]),
        ({"bbox": "170,-10,-170,10"}, []),
        ({"datetime": "2024-01-05T00:00:00Z"}, ["i05"]),
        ({"datetime": "../2024-01-02T00:00:00Z"}, ["i02", "i01"]),
        ({"datetime": "/2024-01-02T00:00:00Z"}, ["i02", "i01"]),
        ({"intersects": '{"type":"Point","coordinates":[10.5,10.5]}', "ids": "i03"}, ["i03"]),
        ({"ids": "secret"}, []),
    ],
)
async def test_a_search_narrows(client, filled, given, there):  # noqa: ARG001 - fills
    assert ids(await client.get("/api/search", params=given)) == there


async def test_items_are_listed_as_clients_of_search_ask(client, filled):  # noqa: ARG001 - fills
    assert ids(await client.get(ITEMS, params={"collections": "demo.images", "ids": "i03,i04"})) == ["i04", "i03"]
    answer = await client.get(ITEMS, params={"collections": "demo.images,other"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "collections")


async def test_a_search_by_body_narrows(client, filled):  # noqa: ARG001 - fills
    body = {"ids": ["i01", "i02"], "intersects": a_box(10, 10, 10.5, 10.5), "collections": ["demo.images"], "limit": 1}
    assert ids(await client.post("/api/search", json=body)) == ["i02"]
    assert ids(await client.post("/api/search", json={"bbox": [10, 10, 11, 11], "datetime": None, "limit": 1})) == [
        "i25"
    ]


@pytest.mark.parametrize(
    "body",
    [{"bbox": "1,2,3,4"}, {"ids": "a,b"}, {"intersects": '{"type":"Point","coordinates":[1,2]}'}, {"limit": "x"}],
)
async def test_a_body_says_what_it_means_without_texts_in_texts(client, filled, body):  # noqa: ARG001 - fills
    answer = await client.post("/api/search", json=body)
    assert (answer.status_code, answer.json()["parameter"]) == (400, next(iter(body)))


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "10,20,11,10"}, "bbox"),
        ({"bbox": "a,b,c,d"}, "bbox"),
        ({"datetime": "today"}, "datetime"),
        ({"datetime": "2024-02-01T00:00:00Z/2024-01-01T00:00:00Z"}, "datetime"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"intersects": "here"}, "intersects"),
        ({"intersects": '{"type":"Polygon","coordinates":[]}'}, "intersects"),
        ({"intersects": '{"type":"Point","coordinates":[1,2]}', "bbox": "1,2,3,4"}, "intersects"),
        ({"token": "made up"}, "token"),
        ({"colour": "blue"}, "colour"),
        ({"ids": ",".join(["x"] * 1001)}, "ids"),
    ],
)
async def test_a_wrong_parameter_is_named(client, filled, given, parameter):  # noqa: ARG001 - fills
    answer = await client.get("/api/search", params=given)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_token_belongs_to_its_query(client, filled):  # noqa: ARG001 - fills
    page = (await client.get("/api/search", params={"limit": 2})).json()
    token = httpx.URL(rels(page)["next"]).params["token"]
    assert ids(await client.get("/api/search", params={"token": token, "limit": 3})) == ["i23", "i22", "i21"]
    flipped = ("A" if token[0] != "A" else "B") + token[1:]
    cut = token[:-3]
    for given in (
        {"token": token, "ids": "i01"},
        {"token": flipped},
        {"token": cut},
        {"token": ""},
        {"token": "a" * 5000},
    ):
        answer = await client.get("/api/search", params=given)
        assert (answer.status_code, answer.json()["parameter"]) == (400, "token")
    assert (await client.get(ITEMS, params={"token": token})).status_code == 400
    assert (await client.get("/api/collections", params={"token": token})).status_code == 400


async def test_a_token_tells_nothing_of_what_others_hold(client, filled):  # noqa: ARG001 - fills
    """The numbers inside are the store's own: they would count the Items of every workspace."""
    page = (await client.get("/api/search", params={"limit": 2})).json()
    token = httpx.URL(rels(page)["next"]).params["token"]
    shown = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(shown[shown.find(b"[") :] if b"[" in shown else b"")


async def test_a_page_larger_than_the_largest_is_the_largest(client, filled):  # noqa: ARG001 - fills
    assert len(ids(await client.get("/api/search", params={"limit": 10**6}))) == 25


async def test_head_answers_as_get_does(client, filled):  # noqa: ARG001 - fills
    for path in ("/api/", "/api/collections", ITEMS, f"{ITEMS}/i01", "/api/search"):
        head = await client.head(path)
        assert head.status_code == 200
        assert head.headers["content-type"] == (await client.get(path)).headers["content-type"]


async def test_collections_are_listed_by_page(client, catalogue):
    for number in range(5):
        catalogue.register_collection(a_collection(f"demo.c{number}"), ALICE)
    page = (await client.get("/api/collections", params={"limit": 3})).json()
    rest = (await client.get(rels(page)["next"])).json()
    assert [one["id"] for one in page["collections"] + rest["collections"]] == [f"demo.c{n}" for n in range(5)]
    assert rels(rest)["prev"]
    assert rels(page["collections"][0])["items"] == "http://eo.example/api/collections/demo.c0/items"


async def test_what_may_not_be_seen_is_not_found(client, filled):  # noqa: ARG001 - fills
    paths = (
        "/api/collections/alice.results",
        "/api/collections/alice.results/items",
        "/api/collections/alice.results/items/secret",
    )
    for path in paths:
        hidden, absent = (
            await client.get(path, headers=AS_BOB),
            await client.get(path.replace("alice", "alike"), headers=AS_BOB),
        )
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace("alice", "alike") == absent.text
        assert (await client.get(path, headers=AS_ALICE)).status_code == 200
    assert "secret" in ids(await client.get("/api/search", params={"limit": 100}, headers=AS_ALICE))
    assert [one["id"] for one in (await client.get("/api/collections")).json()["collections"]] == ["demo.images"]


async def test_an_item_is_created_changed_and_removed(client, filled):  # noqa: ARG001 - fills
    made = await client.post(ITEMS, json=an_item("new", "demo.images"), headers=AS_ALICE)
    assert (made.status_code, made.headers["location"]) == (201, "http://eo.example" + f"{ITEMS}/new")
    where = made.headers["location"]
    shown = await client.get(where)
    assert (shown.json(), shown.headers["etag"]) == (made.json(), made.headers["etag"])
    changed = await client.patch(
        where,
        content=orjson.dumps({"properties": {"title": "New"}}),
        headers={**SHOWN, "content-type": "application/merge-patch+json", "if-match": made.headers["etag"]},
    )
    assert (changed.status_code, changed.json()["properties"]["title"]) == (200, "New")
    stale = await client.put(where, json=made.json(), headers={**AS_ALICE, "if-match": made.headers["etag"]})
    assert stale.status_code == 412
    put = await client.put(where, json=made.json(), headers={**SHOWN, "if-match": changed.headers["etag"]})
    assert (put.status_code, put.json()) == (200, made.json())
    assert (await client.delete(where, headers={**AS_ALICE, "if-match": '"7"'})).status_code == 412
    assert (await client.delete(where, headers=AS_ALICE)).status_code == 204
    assert (await client.get(where)).status_code == 404
    assert (await client.delete(where, headers=AS_ALICE)).status_code == 404


async def test_getting_and_putting_back_changes_nothing(client, filled):
    document = an_item("local", "demo.images")
    document["assets"]["data"]["href"] = "thalweg:/workspaces/demo/files/a.tif"
    filled.register([document], ALICE)
    before = filled.item("demo.images", "local", ALICE)
    shown = (await client.get(f"{ITEMS}/local")).json()
    put = await client.put(f"{ITEMS}/local", json=shown, headers=AS_ALICE)
    assert (put.status_code, put.content) == (204, b"")
    assert put.headers["etag"] == (await client.get(f"{ITEMS}/local")).headers["etag"]
    after = filled.item("demo.images", "local", ALICE)
    assert after == before


async def test_many_items_are_created_all_or_none(client, filled):  # noqa: ARG001 - fills
    new = [an_item(f"new{n}", "demo.images") for n in range(3)]
    made = await client.post(ITEMS, json={"type": "FeatureCollection", "features": new}, headers=AS_ALICE)
    assert (made.status_code, [one["id"] for one in made.json()["features"]]) == (201, ["new0", "new1", "new2"])
    wrong = [an_item("more", "demo.images"), an_item("new1", "demo.images")]
    refused = await client.post(ITEMS, json={"type": "FeatureCollection", "features": wrong}, headers=AS_ALICE)
    assert refused.status_code == 409
    assert (await client.get(f"{ITEMS}/more")).status_code == 404
    for features in (None, 5, ["x"]):
        answer = await client.post(ITEMS, json={"type": "FeatureCollection", "features": features}, headers=AS_ALICE)
        assert (answer.status_code, answer.json()["parameter"]) == (400, "features")


async def test_an_etag_spares_the_body(client, filled):  # noqa: ARG001 - fills
    for path in (f"{ITEMS}/i01", "/api/collections/demo.images"):
        etag = (await client.get(path)).headers["etag"]
        for named in (etag, f"W/{etag}", f'"x", {etag}', "*"):
            spared = await client.get(path, headers={"if-none-match": named})
            assert (spared.status_code, spared.content) == (304, b"")
        assert (await client.get(path, headers={"if-none-match": '"x"'})).status_code == 200


@pytest.mark.parametrize(
    ("asked", "body", "who", "status"),
    [
        (f"POST {ITEMS}", an_item("x", "demo.images"), {}, 401),
        (f"POST {ITEMS}", an_item("x", "demo.images"), AS_BOB, 403),
        (f"POST {ITEMS}", an_item("x", "alice.results"), AS_ALICE, 400),
        (f"POST {ITEMS}", an_item("i01", "demo.images"), AS_ALICE, 409),
        (f"POST {ITEMS}", an_item("x", "demo.images", datetime="soon"), AS_ALICE, 400),
        (f"POST {ITEMS}", [1], AS_ALICE, 400),
        ("POST /api/collections/alice.results/items", an_item("x", "alice.results"), AS_BOB, 404),
        ("POST /api/collections/nowhere/items", an_item("x", "nowhere"), AS_ALICE, 404),
        (f"PUT {ITEMS}/i01", an_item("i02", "demo.images"), AS_ALICE, 400),
        (f"PUT {ITEMS}/absent", an_item("absent", "demo.images"), AS_ALICE, 404),
        ("PUT /api/collections/alice.results/items/secret", an_item("secret", "alice.results"), AS_BOB, 404),
        (f"PATCH {ITEMS}/i01", {"id": "i02"}, AS_ALICE, 400),
        (f"PATCH {ITEMS}/i01", {"geometry": None}, AS_BOB, 403),
        ("POST /api/collections", a_collection("demo.images"), AS_ALICE, 409),
        ("POST /api/collections", a_collection("demo.new"), AS_BOB, 403),
        ("POST /api/collections", a_collection("alice.new"), AS_BOB, 404),
        ("POST /api/collections", {"type": "Collection"}, AS_ALICE, 400),
        ("PUT /api/collections/demo.images", a_collection("demo.other"), AS_ALICE, 400),
        ("PUT /workspaces/alice/api/collections/demo.images", a_collection("demo.images"), AS_ALICE, 404),
        ("PATCH /workspaces/alice/api/collections/demo.images", {"title": "x"}, AS_ALICE, 404),
        ("POST /workspaces/alice/api/collections", a_collection("demo.new"), AS_ALICE, 400),
    ],
)
async def test_a_write_that_may_not_be_leaves_nothing(client, filled, store, asked, body, who, status):
    method, path = asked.split()
    last = store.outbox.last()
    answer = await client.request(method, path, json=body, headers=who)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert store.outbox.last() == last
    assert filled.count(ItemQuery(), ALICE) == 26


async def test_a_collection_is_created_changed_and_removed(client, catalogue):  # noqa: ARG001 - fills
    made = await client.post("/api/collections", json=a_collection("demo.new"), headers=AS_ALICE)
    assert (made.status_code, made.headers["location"]) == (201, "http://eo.example/api/collections/demo.new")
    where = made.headers["location"]
    changed = await client.patch(where, json={"title": "New"}, headers=SHOWN)
    assert changed.json()["title"] == "New"
    put = await client.put(where, json=made.json(), headers={**SHOWN, "if-match": changed.headers["etag"]})
    assert (put.status_code, put.json()) == (200, made.json())
    await client.post(f"{where}/items", json=an_item("x", "demo.new"), headers=AS_ALICE)
    assert (await client.delete(where, headers=AS_ALICE)).status_code == 409
    assert (await client.delete(f"{where}/items/x", headers=AS_ALICE)).status_code == 204
    assert (await client.delete(where, headers=AS_ALICE)).status_code == 204
    assert (await client.get(where)).status_code == 404


async def test_a_root_bound_to_a_workspace_shows_that_workspace(client, filled):  # noqa: ARG001 - fills
    root = "/workspaces/alice/api"
    assert ids(await client.get(f"{root}/search", headers=AS_ALICE)) == ["secret"]
    assert ids(await client.get(f"{root}/search")) == []
    listed = (await client.get(f"{root}/collections", headers=AS_ALICE)).json()
    assert [one["id"] for one in listed["collections"]] == ["alice.results"]
    assert rels(listed["collections"][0])["self"] == f"http://eo.example{root}/collections/alice.results"
    assert (await client.get(f"{root}/collections/demo.images", headers=AS_ALICE)).status_code == 404
    assert (await client.get(f"{root}/collections/demo.images/items/i01", headers=AS_ALICE)).status_code == 404


async def test_an_oversize_or_broken_body_is_refused(client, filled):  # noqa: ARG001 - fills
    large = copy.deepcopy(an_item("large", "demo.images", properties={"x": "x" * 150_000}))
    assert (await client.post(ITEMS, json=large, headers=AS_ALICE)).status_code == 413
    for content in (b"{", b"", b"\xff", b"[" * 5000):
        answer = await client.post(ITEMS, content=content, headers={**AS_ALICE, "content-type": "application/json"})
        assert answer.status_code == 400
    deep = b'{"type":"Feature","x":' + b"[" * 900 + b"]" * 900 + b"}"
    answer = await client.post(ITEMS, content=deep, headers={**AS_ALICE, "content-type": "application/geo+json"})
    assert answer.status_code == 400
    answer = await client.post(ITEMS, content=b"x", headers={**AS_ALICE, "content-type": "text/plain"})
    assert answer.status_code == 415
