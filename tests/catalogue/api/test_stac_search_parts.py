"""Search with filter, query, words, order and fields: GET, POST and the Items of a Collection say the same."""

import httpx
import orjson
import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
ITEMS = "/api/collections/demo.images/items"
NAMES = {"type", "stac_version", "id", "collection"}
ALL = [f"i{n:02}" for n in range(12, 0, -1)]


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["features"]]


async def everywhere(client, words, body):
    """Return what GET, POST and /items answer, when all three say the same."""
    common = {"limit": 20}
    got = ids(await client.get("/api/search", params={"collections": "demo.images", **common, **words}))
    posted = ids(await client.post("/api/search", json={"collections": ["demo.images"], **common, **body}))
    listed = ids(await client.get(ITEMS, params={**common, **words}))
    assert got == posted == listed
    return got


@pytest.mark.parametrize(
    ("text", "document", "there"),
    [
        ('"eo:cloud_cover" < 16', {"op": "<", "args": [{"property": "eo:cloud_cover"}, 16]}, ["i02", "i01"]),
        (
            '"properties.eo:cloud_cover" < 16',
            {"op": "<", "args": [{"property": "properties.eo:cloud_cover"}, 16]},
            ["i02", "i01"],
        ),
        (
            "platform = 'landsat-8' AND checked = true",
            {
                "op": "and",
                "args": [
                    {"op": "=", "args": [{"property": "platform"}, "landsat-8"]},
                    {"op": "=", "args": [{"property": "checked"}, True]},
                ],
            },
            ["i08", "i02"],
        ),
        (
            "nothing_has_this IS NOT NULL",
            {"op": "not", "args": [{"op": "isNull", "args": [{"property": "nothing_has_this"}]}]},
            [],
        ),
        (
            "S_INTERSECTS(geometry, POINT(10.5 10.5)) AND id IN ('i03','i04')",
            {
                "op": "and",
                "args": [
                    {
                        "op": "s_intersects",
                        "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [10.5, 10.5]}],
                    },
                    {"op": "in", "args": [{"property": "id"}, ["i03", "i04"]]},
                ],
            },
            ["i04", "i03"],
        ),
        ("id = '''; DROP TABLE item; --'", {"op": "=", "args": [{"property": "id"}, "'; DROP TABLE item; --"]}, []),
    ],
)
async def test_a_filter_says_the_same_as_text_and_as_json(client, text, document, there):
    assert await everywhere(client, {"filter": text}, {"filter": document}) == there
    as_json = {"filter": orjson.dumps(document).decode(), "filter-lang": "cql2-json"}
    assert await everywhere(client, as_json, {"filter": text, "filter-lang": "cql2-text"}) == there


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ({"eo:cloud_cover": {"gte": 80, "lt": 90}}, ["i11"]),
        ({"properties.orbit": {"eq": 3}}, ["i03"]),
        ({"orbit": {"in": [1, 2, 99]}}, ["i02", "i01"]),
        ({"orbit": {"eq": "3"}}, ["i03"]),
        ({"orbit": {"neq": "3", "lt": "5.0"}}, ["i04", "i02", "i01"]),
        ({"platform": {"startsWith": "land", "endsWith": "8"}, "orbit": {"lte": 5}}, ["i05", "i02"]),
        ({"title": {"contains": "100%"}, "orbit": {"gt": 10}}, ["i12"]),
        ({"title": {"contains": "wet_2"}}, ["i02"]),
        ({"title": {"contains": "wet%2"}}, []),
        ({"platform": {"neq": "landsat-8"}, "orbit": {"lt": 4}}, ["i03", "i01"]),
        ({"absent": {"eq": None}, "orbit": {"eq": 1}}, ["i01"]),
        ({"created": {"gte": "2024-12-01T00:00:00+00:00"}}, ["i12"]),
        ({}, ALL),
    ],
)
async def test_query_narrows(client, query, there):
    assert await everywhere(client, {"query": orjson.dumps(query).decode()}, {"query": query}) == there


@pytest.mark.parametrize(
    ("words", "body", "there"),
    [
        ("river,wet_2", ["river", "wet_2"], ["i11", "i09", "i07", "i05", "i03", "i02", "i01"]),
        ("lake -wet_2", "lake -wet_2", ["i12", "i10", "i08", "i06", "i04"]),
        ('"the river" AND 11', '"the river" AND 11', ["i11"]),
        ("(RIVER OR lake) AND 5", "(RIVER OR lake) AND 5", ["i05"]),
    ],
)
async def test_words_find_what_says_them(client, words, body, there):
    assert await everywhere(client, {"q": words}, {"q": body}) == there


@pytest.mark.parametrize(
    ("words", "body", "there"),
    [
        ("+orbit", [{"field": "orbit", "direction": "asc"}], ALL[::-1]),
        ("-properties.orbit", [{"field": "properties.orbit", "direction": "desc"}], ALL),
        ("orbit", [{"field": "orbit"}], ALL[::-1]),
        (
            "-platform,+eo:cloud_cover",
            [{"field": "platform", "direction": "desc"}, {"field": "eo:cloud_cover", "direction": "asc"}],
            ["i01", "i04", "i07", "i10", "i03", "i06", "i09", "i12", "i02", "i05", "i08", "i11"],
        ),
        ("-id", [{"field": "id", "direction": "desc"}], ALL),
    ],
)
async def test_an_order_is_kept_over_pages(client, words, body, there):
    assert await everywhere(client, {"sortby": words}, {"sortby": body}) == there
    turned, found = {"href": f"{ITEMS}?limit=5&sortby={words.replace('+', '%2B')}"}, []
    while turned:
        page = await client.get(turned["href"])
        found += ids(page)
        turned = next((link for link in page.json()["links"] if link["rel"] == "next"), None)
    assert found == there


@pytest.mark.parametrize(
    ("words", "body", "members", "properties"),
    [
        ("", {}, {"type", "stac_version", "id", "geometry", "bbox", "links", "assets", "properties"}, {"datetime"}),
        ("id", {"include": ["id"]}, {"id"}, None),
        (
            "id,properties.orbit,platform",
            {"include": ["id", "orbit", "properties.platform"]},
            {"id", "properties"},
            {"orbit", "platform"},
        ),
        (
            "-geometry",
            {"include": [], "exclude": ["geometry"]},
            {"type", "stac_version", "id", "bbox", "links", "assets", "properties"},
            {"datetime"},
        ),
        (
            "properties,-properties.orbit,-orbit,id",
            {"include": ["properties", "id"], "exclude": ["orbit"]},
            {"id", "properties"},
            {"title", "platform", "eo:cloud_cover", "checked", "instruments", "created", "datetime"},
        ),
        ("absent", {"include": ["absent"]}, set(), None),
    ],
)
async def test_fields_show_what_is_asked(client, words, body, members, properties):
    got = (await client.get("/api/search", params={"ids": "i01", "fields": words})).json()["features"]
    posted = (await client.post("/api/search", json={"ids": ["i01"], "fields": body})).json()["features"]
    listed = (await client.get(ITEMS, params={"ids": "i01", "fields": words})).json()["features"]
    assert got == posted == listed
    assert set(got[0]) == (members | NAMES if words and not words.startswith("-") else members)
    assert set(got[0].get("properties", ())) == (properties or set())


async def test_without_include_all_but_the_excluded_is_shown(client):
    (one,) = (
        await client.post("/api/search", json={"ids": ["i01"], "fields": {"exclude": ["assets", "orbit"]}})
    ).json()["features"]
    assert "collection" in one
    assert "assets" not in one
    assert "orbit" not in one["properties"]
    assert "platform" in one["properties"]


@pytest.mark.parametrize(
    ("name", "value", "there"),
    [
        ("platform", "landsat-8", ["i11", "i08", "i05", "i02"]),
        ("orbit", "3", ["i03"]),
        ("eo:cloud_cover", "7.5", ["i01"]),
        ("checked", "true", ["i12", "i10", "i08", "i06", "i04", "i02"]),
        ("created", "2024-03-02T00:00:00Z", ["i03"]),
    ],
)
async def test_a_queryable_is_a_parameter_of_the_items(client, name, value, there):
    assert ids(await client.get(ITEMS, params={name: value, "limit": 20})) == there
    assert ids(await client.get(ITEMS, params={name: value, "filter": "orbit > 5", "limit": 20})) == [
        one for one in there if one > "i05"
    ]


async def test_numbers_are_told_where_they_are_known_or_asked_for(client):
    async def matched(path, **parameters):
        return (await client.get(path, params=parameters)).json().get("numberMatched")

    assert await matched("/api/search", limit=1) == 14
    assert await matched(ITEMS, limit=1) == 12
    assert await matched(ITEMS, filter="orbit > 5", limit=6) is None
    assert await matched(ITEMS, filter="orbit > 5", limit=6, count="true") == 7
    assert await matched(ITEMS, filter="orbit > 5", limit=7) == 7
    assert await matched(ITEMS, filter="orbit > 99") == 0
    assert await matched(ITEMS, count="false") is None
    assert await matched("/api/collections") == 2
    narrowed = {"filter": "title <> 'Nothing'"}
    assert await matched("/api/collections", **narrowed, limit=1) is None
    assert await matched("/api/collections", **narrowed, limit=1, count="true") == 2
    assert await matched("/api/collections", **narrowed) == 2


async def test_the_first_page_of_a_place_and_a_time_tells_how_many_a_collection_has_there(client):
    world, spring = {"bbox": "-180,-90,180,90"}, {"datetime": "2024-03-01T00:00:00Z/2024-05-31T00:00:00Z"}
    for narrowed, number in ((world, 12), (spring, 3), ({**world, **spring}, 3)):
        page = (await client.get(ITEMS, params={**narrowed, "limit": 2})).json()
        assert (page["numberMatched"], page["numberReturned"]) == (number, 2)
        turned = (await client.get(next(one["href"] for one in page["links"] if one["rel"] == "next"))).json()
        assert "numberMatched" not in turned
        for path, more in ((ITEMS, {"count": "false"}), (ITEMS, {"filter": "orbit > 2"}), ("/api/search", {})):
            asked = {**narrowed, **more, "limit": 1}
            assert "numberMatched" not in (await client.get(path, params=asked)).json(), (path, asked)


async def test_a_token_belongs_to_all_that_was_asked(client):
    asked = {"limit": 2, "filter": "orbit > 2", "sortby": "orbit", "q": "river", "query": '{"orbit":{"lt":99}}'}
    page = (await client.get("/api/search", params=asked)).json()
    token = httpx.URL(next(one["href"] for one in page["links"] if one["rel"] == "next")).params["token"]
    assert ids(await client.get("/api/search", params={**asked, "token": token, "fields": "id"})) == ["i07", "i09"]
    for name, other in (("filter", "orbit > 1"), ("sortby", "-orbit"), ("q", "lake"), ("query", "{}")):
        answer = await client.get("/api/search", params={**asked, name: other, "token": token})
        assert (answer.status_code, answer.json()["parameter"]) == (400, "token")


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"filter": "orbit >"}, "filter"),
        ({"filter": " "}, "filter"),
        ({"filter": "(" * 500 + "orbit > 1" + ")" * 500}, "filter"),
        ({"filter": "NOT " * 600 + "orbit > 1"}, "filter"),
        ({"filter": "{", "filter-lang": "cql2-json"}, "filter"),
        ({"filter": '{"op":"=","args":[{"property":"orbit"},1e999]}', "filter-lang": "cql2-json"}, "filter"),
        ({"filter": "orbit = NaN()"}, "filter"),
        ({"filter": "orbit = 1", "filter-lang": "ecql"}, "filter-lang"),
        ({"filter": "orbit = 1", "filter-crs": "http://www.opengis.net/def/crs/EPSG/0/1"}, "filter-crs"),
        ({"filter": "orbit = 1", "filter_lang": "cql2-text"}, "filter_lang"),
        ({"query": "orbit"}, "query"),
        ({"query": '{"orbit":3}'}, "query.orbit"),
        ({"query": '{"orbit":{"near":3}}'}, "query.orbit.near"),
        ({"query": '{"title":{"contains":3}}'}, "query.title.contains"),
        ({"query": '{"orbit":{"in":[]}}'}, "query.orbit.in"),
        ({"sortby": "geometry"}, "sortby"),
        ({"sortby": "orbit,-orbit"}, "sortby"),
        ({"sortby": ",".join(f"a{n}" for n in range(9))}, "sortby"),
        ({"fields": ",".join(f"a{n}" for n in range(201))}, "fields"),
        ({"q": '"open'}, "q"),
        ({"q": "x" * 5000}, "q"),
        ({"bbox": "nan,1,2,3"}, "bbox"),
        ({"datetime": "2024-02-01T00:00:00Z/2024-01-01T00:00:00Z"}, "datetime"),
        ({"orbit": "three"}, "orbit"),
        ({"checked": "perhaps"}, "checked"),
        ({"created": "then"}, "created"),
        ({"instruments": "msi"}, "instruments"),
        ({"colour": "blue"}, "colour"),
        ({"count": "perhaps"}, "count"),
    ],
)
async def test_what_is_wrong_is_named(client, given, parameter):
    answer = await client.get(ITEMS, params=given)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code in (400, 413), answer.text
    if answer.status_code == 400:
        assert answer.json()["parameter"] == parameter
    else:
        assert answer.json()["detail"].startswith(parameter)


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"sortby": "+orbit"}, "sortby"),
        ({"sortby": [{"field": "orbit", "direction": "sideways"}]}, "sortby"),
        ({"sortby": [{"name": "orbit"}]}, "sortby"),
        ({"fields": "id"}, "fields"),
        ({"fields": None}, "fields"),
        ({"fields": {"include": "id"}}, "fields"),
        ({"fields": {"only": ["id"]}}, "fields"),
        ({"query": "{}"}, "query"),
        ({"filter": {"op": "="}}, "filter"),
        ({"filter": {"op": "=", "args": [{"property": "orbit"}, 1]}, "filter-lang": "cql2-text"}, "filter-lang"),
        ({"orbit": 3}, "orbit"),
    ],
)
async def test_what_is_wrong_in_a_body_is_named(client, body, parameter):
    answer = await client.post("/api/search", json=body)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


async def test_a_parameter_given_twice_is_refused(client):
    answer = await client.get(f"{ITEMS}?sortby=orbit&sortby=id")
    assert (answer.status_code, answer.json()["parameter"]) == (400, "sortby")
