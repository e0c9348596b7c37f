"""A pgstac database of others is read as it is, and what others write into ours is taken in."""

import httpx
import orjson
import psycopg
import pytest
from made_items import EVERYBODY, PUBLIC, SECRET, VALIDATOR, a_collection, an_item, found, new, register
from pypgstac.db import PgstacDB
from pypgstac.load import Loader, Methods

from thalweg.catalogue.api.csw.face import Csw
from thalweg.catalogue.api.csw.offering import Offer
from thalweg.catalogue.api.opensearch.face import OpenSearch
from thalweg.catalogue.api.opensearch.offering import OpenSearchOffer
from thalweg.catalogue.api.sru.face import Sru
from thalweg.catalogue.api.sru.offering import SruOffer
from thalweg.catalogue.records.service import Records
from thalweg.catalogue.stores.pgstac import open_store
from thalweg.core.errors import InvalidRequest, NotFound, NotSupported
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.geometry import BBox
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queries import Aggregation, CollectionQuery, ItemQuery, Sort
from thalweg.core.time import Interval
from thalweg.guard.outbound import Outbound
from thalweg.web.application import Application
from thalweg.web.site import Site

pytestmark = pytest.mark.postgres
COLLECTIONS = ("theirs", "also-theirs")


def load(url, tmp_path, documents, method=Methods.insert):
    """Load Items as other programs do."""
    path = tmp_path / "items.ndjson"
    path.write_bytes(b"\n".join(orjson.dumps(one) for one in documents))
    database = PgstacDB(url)
    Loader(database).load_items(str(path), method)
    database.disconnect()


@pytest.fixture
def theirs(pgstac_url, tmp_path):
    """Return the address of a database that others filled."""
    path = tmp_path / "collections.ndjson"
    assets = {"data": {"title": "Data", "type": "image/tiff; application=geotiff"}}
    documents = [a_collection(name, item_assets=assets) for name in COLLECTIONS]
    path.write_bytes(b"\n".join(orjson.dumps(one) for one in documents))
    database = PgstacDB(pgstac_url)
    Loader(database).load_collections(str(path), Methods.insert)
    database.disconnect()
    items = [
        an_item(
            f"i{n}",
            COLLECTIONS[n % 2],
            (n, 0, n + 1, 1),
            f"2024-01-{n + 1:02}T00:00:00Z",
            properties={"eo:cloud_cover": n},
        )
        for n in range(20)
    ]
    load(pgstac_url, tmp_path, items)
    return pgstac_url


@pytest.fixture
def attached(theirs):
    opened = open_store(f"{theirs}?attached={PUBLIC}")
    yield opened
    opened.close()


def test_a_database_of_others_is_searched_as_it_is(attached):
    page = attached.find(ItemQuery(limit=3), EVERYBODY)
    assert [item.id for item in page.found] == ["i19", "i18", "i17"]
    assert [one.id for one in attached.find(ItemQuery(limit=3, after=page.next), EVERYBODY).found] == [
        "i16",
        "i15",
        "i14",
    ]
    assert {item.id for item in attached.find(ItemQuery(bbox=BBox(2.5, 0, 3.5, 1)), EVERYBODY).found} == {"i2", "i3"}
    early = Interval.parse("../2024-01-02T00:00:00Z")
    assert [item.id for item in attached.find(ItemQuery(interval=early), EVERYBODY).found] == ["i1", "i0"]
    cloudy = Operation(">", (Property("eo:cloud_cover"), Literal(17)))
    sort = (Sort("eo:cloud_cover"),)
    assert [item.id for item in attached.find(ItemQuery(filter=cloudy, sort=sort), EVERYBODY).found] == ["i18", "i19"]
    assert attached.count(ItemQuery(collections=("theirs",)), EVERYBODY, 5) == 10
    span = (Sort("start_datetime"), Sort("datetime"))
    assert [item.id for item in attached.find(ItemQuery(sort=span, limit=2), EVERYBODY).found] == ["i0", "i1"]
    (monthly,) = attached.aggregate(ItemQuery(), [Aggregation("m", "dates", "datetime")], EVERYBODY, 10)
    assert [(one.key, one.count) for one in monthly.buckets] == [("2024-01-01T00:00:00Z", 20)]


def test_documents_of_others_are_whole(attached):
    expected = an_item("i3", "also-theirs", (3, 0, 4, 1), "2024-01-04T00:00:00Z", properties={"eo:cloud_cover": 3})
    expected["assets"]["data"]["title"] = "Data"  # pgstac adds what the Collection says and the Item does not
    there = orjson.loads(attached.item("also-theirs", "i3", EVERYBODY).body)
    assert there["properties"] == expected["properties"]
    assert there["geometry"] == expected["geometry"]
    assert there["assets"]["data"]["href"] == expected["assets"]["data"]["href"]


def test_a_database_of_others_is_seen_by_who_may_and_never_written(attached):
    nobody = Visibility(frozenset({SECRET}))
    assert found(attached.find(ItemQuery(), nobody)) == []
    with pytest.raises(NotFound):
        attached.item("theirs", "i0", nobody)
    assert attached.collections(CollectionQuery(), nobody).found == ()
    assert [one.id for one in attached.collections(CollectionQuery(), EVERYBODY).found] == list(COLLECTIONS)
    assert attached.capabilities == frozenset()
    for refused in (
        lambda: register(attached, an_item("new", "theirs")),
        lambda: attached.remove("theirs", "i0", 1, []),
        lambda: attached.versions("theirs", "i0", EVERYBODY),
    ):
        with pytest.raises(NotSupported):
            refused()
    assert attached.outbox.last() == 0
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), attached._lenses._pool().connection() as connection:
        connection.execute("DELETE FROM pgstac.items")


def test_a_database_without_pgstac_is_refused(postgres_url):
    with pytest.raises(NotSupported, match=r"0\.8"):
        open_store(f"{postgres_url}?attached={PUBLIC}")


def test_what_others_write_is_nobodys_until_it_is_declared(theirs):
    store = open_store(theirs)
    assert found(store.find(ItemQuery(), EVERYBODY)) == []
    assert store.collections(CollectionQuery(), EVERYBODY).found == ()
    assert store.count(ItemQuery(), EVERYTHING, 100) == 20
    assert len(store.find(ItemQuery(limit=50), EVERYTHING).found) == 20
    store.close()
    declared = open_store(f"{theirs}?others={PUBLIC}")
    assert len(declared.find(ItemQuery(limit=50), EVERYBODY).found) == 20
    assert {item.id for item in declared.find(ItemQuery(bbox=BBox(2.5, 0, 3.5, 1)), EVERYBODY).found} == {"i2", "i3"}
    assert len(declared.collections(CollectionQuery(), EVERYBODY).found) == 2
    declared.close()


def test_what_others_write_into_a_collection_of_ours_has_its_class(store, pgstac_url, tmp_path):
    store.register_collection(VALIDATOR.collection(a_collection("ours"), PUBLIC), [])
    register(store, an_item("secret", "ours"), visibility_class=SECRET)
    changed = an_item("secret", "ours", properties={"changed": True})
    load(pgstac_url, tmp_path, [an_item("theirs", "ours"), changed], Methods.upsert)
    assert found(store.find(ItemQuery(), EVERYBODY)) == [("ours", "theirs")]
    hidden = store.item("ours", "secret", EVERYTHING)
    assert (hidden.visibility_class, hidden.version) == (SECRET, 2)
    assert orjson.loads(hidden.body)["properties"]["changed"] is True
    replaced = store.replace(new(an_item("theirs", "ours", properties={"n": 1}))[0], 1, [])
    assert replaced.version == 2
    assert store.count(ItemQuery(), EVERYTHING, 10) == 2
    assert list(store.check(lambda *_: None)) == []


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + 400 * "0"])
def test_a_number_beyond_all_that_json_readers_know_breaks_no_page(theirs, attached, number):
    set_it = (
        "UPDATE pgstac.items SET content = jsonb_set(content, '{properties,big}', %s::jsonb) WHERE id IN ('i3', 'i4')"
    )
    as_others(theirs, set_it, number)
    as_others(theirs, set_it.replace("'i3', ", ""), "17.5")
    bodies = {item.id: orjson.loads(item.body) for item in attached.find(ItemQuery(limit=30), EVERYBODY).found}
    assert len(bodies) == 20
    assert [bodies[name]["properties"]["big"] for name in ("i3", "i4")] == [None, 17.5]
    assert bodies["i3"]["properties"]["eo:cloud_cover"] == 3
    assert orjson.loads(attached.item("also-theirs", "i3", EVERYBODY).body) == bodies["i3"]
    with pytest.raises(InvalidRequest):
        attached.find(ItemQuery(sort=(Sort("big"),)), EVERYBODY)
    with pytest.raises(InvalidRequest):
        attached.aggregate(ItemQuery(), [Aggregation("m", "greatest", "big")], EVERYBODY, 10)


def test_a_collection_with_such_a_number_is_shown(theirs, attached):
    as_others(
        theirs, "UPDATE pgstac.collections SET content = jsonb_set(content, '{big}', '1e400') WHERE id = 'theirs'"
    )
    there = orjson.loads(attached.collection("theirs", EVERYBODY).body)
    assert (there["big"], there["license"]) == (None, "CC0-1.0")
    assert there in [orjson.loads(one.body) for one in attached.collections(CollectionQuery(), EVERYBODY).found]


def test_dates_of_other_properties_are_not_counted_in_a_database_of_others(attached):
    with pytest.raises(NotSupported):
        attached.aggregate(ItemQuery(), [Aggregation("m", "dates", "updated")], EVERYBODY, 10)


def test_what_others_write_over_is_no_removal_and_what_they_remove_is_one(store, pgstac_url):
    store.register_collection(VALIDATOR.collection(a_collection("ours"), PUBLIC), [])
    register(store, an_item("one", "ours"))
    as_others(pgstac_url, "UPDATE pgstac.items SET content = content WHERE id = 'one'")
    (now,) = store.versions("ours", "one", EVERYBODY)
    assert (now.number, now.until) == (2, None)
    as_others(pgstac_url, "DELETE FROM pgstac.items WHERE id = 'one'")
    (gone,) = store.versions("ours", "one", EVERYBODY)
    assert (gone.number, gone.body, gone.until) == (2, None, None)
    assert gone.since > now.since
    register(store, an_item("one", "ours"))
    assert [one.number for one in store.versions("ours", "one", EVERYBODY)] == [3, 2]
    assert list(store.check(lambda *_: None)) == []


def as_others(url, statement, *values):
    """Run a statement as other programs do."""
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path TO pgstac, public")
        connection.execute(statement, values)


@pytest.mark.parametrize(
    "extent",
    [
        None,
        {},
        "the globe",
        {"spatial": None, "temporal": []},
        {"spatial": {"bbox": [None, [1, 2]]}, "temporal": {"interval": [[None]]}},
        {"spatial": {"bbox": {}}, "temporal": {"interval": {}}},
    ],
)
def test_a_collection_of_others_without_an_extent_keeps_nobody_from_searching(pgstac_url, extent):
    document = {name: value for name, value in a_collection("theirs").items() if name != "extent"}
    document = orjson.dumps(document if extent is None else {**document, "extent": extent}).decode()
    store = open_store(f"{pgstac_url}?others={PUBLIC}")
    store.register_collection(VALIDATOR.collection(a_collection("ours"), PUBLIC), [])
    as_others(pgstac_url, "INSERT INTO pgstac.collections (content) VALUES (%s::jsonb)", document)
    asked = CollectionQuery(bbox=BBox(0, 0, 1, 1)), CollectionQuery(interval=Interval.parse("2024-01-01T00:00:00Z"))
    assert [[one.id for one in store.collections(query, EVERYBODY).found] for query in asked] == [
        ["ours"],
        ["ours", "theirs"],
    ]
    sort = (Sort("datetime"), Sort("id", descending=True))
    found = store.collections(CollectionQuery(sort=sort, limit=1), EVERYBODY)
    rest = store.collections(CollectionQuery(sort=sort, after=found.next), EVERYBODY)
    assert {one.id for one in (*found.found, *rest.found)} == {"ours", "theirs"}
    store.close()


def test_partitions_that_others_bound_in_time_take_our_items(store, pgstac_url, tmp_path):
    for name in ("bounded", "divided"):
        store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    with psycopg.connect(pgstac_url) as connection:
        connection.execute("SET search_path TO pgstac, public")
        connection.execute("UPDATE pgstac.collections SET partition_trunc = 'month' WHERE id = 'divided'")
    load(pgstac_url, tmp_path, [an_item("theirs", "bounded"), an_item("theirs", "divided")])
    span = {"start_datetime": "2019-12-31T23:00:00Z", "end_datetime": "2020-02-01T00:00:00.000001Z"}
    for name in ("bounded", "divided"):
        register(store, an_item("late", name, datetime="2030-01-01T00:00:00Z"))
        register(
            store,
            an_item("long", name, datetime=None, properties=span),
            an_item("old", name, datetime="1990-05-05T00:00:00Z"),
        )
        store.replace(new(an_item("old", name, datetime="1980-01-01T00:00:00Z"))[0], 1, [])
        page = store.find(ItemQuery(collections=(name,)), EVERYBODY)
        assert [item.id for item in page.found] == ["late", "theirs", "long", "old"]
        assert store.item(name, "old", EVERYBODY).version == 2


def test_what_we_write_others_find_by_pgstacs_own_search(store, pgstac_url):
    assets = {"data": {"title": "Data", "type": "image/tiff; application=geotiff"}}
    store.register_collection(VALIDATOR.collection(a_collection("ours", item_assets=assets), PUBLIC), [])
    register(store, *(an_item(f"i{n}", "ours", (n, 0, n + 1, 1), f"2024-01-{n + 1:02}T00:00:00Z") for n in range(10)))
    store.replace(new(an_item("i9", "ours", (9, 0, 10, 1), "2025-01-01T00:00:00Z"))[0], 1, [])
    asked = {"collections": ["ours"], "bbox": [2.5, 0, 9.5, 1], "datetime": "2024-01-05T00:00:00Z/..", "limit": 10}
    with psycopg.connect(pgstac_url) as connection:
        connection.execute("SET search_path TO pgstac, public")
        (answer,) = connection.execute("SELECT pgstac.search(%s::jsonb)", (orjson.dumps(asked).decode(),)).fetchone()
    answer = answer if isinstance(answer, dict) else orjson.loads(answer)
    query = ItemQuery(bbox=BBox(2.5, 0, 9.5, 1), interval=Interval.parse("2024-01-05T00:00:00Z/.."))
    ours = store.find(query, EVERYBODY).found
    assert [one["id"] for one in answer["features"]] == [item.id for item in ours]
    assert answer["features"][0]["assets"] == orjson.loads(ours[0].body)["assets"]


@pytest.mark.anyio
async def test_each_protocol_says_that_a_database_of_others_tells_of_no_other_time(attached, workspaces, limits):
    records, site = Records(attached, workspaces, limits), Site()
    csw = Csw(Offer(records, Outbound, lambda _: "demo"), site)
    sru, search = Sru(SruOffer(records), site), OpenSearch(OpenSearchOffer(records), site)
    classic = {"/csw": csw, "/sru": sru, "/opensearch": search}
    application = Application([route for at, one in classic.items() for route in one.routes(at)])
    then = "2024-01-01T00:00:00Z"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://eo.example") as client:
        asked = {"service": "CSW", "version": "2.0.2", "request": "GetRecords", "typeNames": "csw:Record"}
        by_csw = await client.get("/csw", params={**asked, "asOf": then})
        by_search = await client.get("/opensearch/search", params={"asOf": then})
        asked = {"operation": "searchRetrieve", "version": "1.2", "query": "cql.allRecords=1"}
        by_sru = await client.get("/sru", params={**asked, "x-asOf": then})
    assert (by_csw.status_code, by_search.status_code, by_sru.status_code) == (501, 501, 200)
    for answer in (by_csw, by_search, by_sru):
        assert "does not tell what it held at another time" in answer.text
    assert "info:srw/diagnostic/1/48" in by_sru.text
