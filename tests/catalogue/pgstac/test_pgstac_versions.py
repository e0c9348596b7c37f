"""Databases that older versions of pgstac made and filled: attached as they are, and taken over."""

import orjson
import psycopg
import pytest
from made_items import EVERYBODY, PUBLIC, a_collection, an_item, ids
from pypgstac.db import PgstacDB
from pypgstac.migrate import Migrate

from thalweg.catalogue.stores.pgstac import open_store
from thalweg.catalogue.stores.pgstac.opening import unhurried
from thalweg.core.errors import NotSupported
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.geometry import BBox
from thalweg.core.queries import Aggregation, ItemQuery, Sort
from thalweg.core.time import Interval

pytestmark = pytest.mark.postgres
ASSETS = {"data": {"title": "Data", "type": "image/tiff; application=geotiff", "roles": ["data"]}}
NUMBER = 12


def migrate(url, version):
    database = PgstacDB(url)
    try:
        Migrate(database).run_migration(version)
    finally:
        database.disconnect()


def made_by(url, version):
    """Make a database as a version of pgstac makes it, and fill it by its own functions."""
    unhurried(lambda: migrate(url, version))
    items = [
        an_item(
            f"i{n:02}", "theirs", (n, 0, n + 1, 1), f"2024-01-{n + 1:02}T00:00:00Z", properties={"eo:cloud_cover": n}
        )
        for n in range(NUMBER)
    ]
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path TO pgstac, public")
        collection = orjson.dumps(a_collection("theirs", item_assets=ASSETS)).decode()
        connection.execute("SELECT pgstac.create_collection(%s::jsonb)", (collection,))
        connection.execute("SELECT pgstac.create_items(%s::jsonb)", (orjson.dumps(items).decode(),))
    return items


def check(store, documents):
    """All that may be asked of a database of others has the right answer."""
    newest = [one["id"] for one in reversed(documents)]
    page = store.find(ItemQuery(limit=5), EVERYBODY)
    assert ids(page) == newest[:5]
    assert ids(store.find(ItemQuery(limit=5, after=page.next), EVERYBODY)) == newest[5:10]
    assert set(ids(store.find(ItemQuery(bbox=BBox(2.5, 0, 3.5, 1)), EVERYBODY))) == {"i02", "i03"}
    early = Interval.parse("../2024-01-02T00:00:00Z")
    assert ids(store.find(ItemQuery(interval=early), EVERYBODY)) == ["i01", "i00"]
    cloudy = Operation(">", (Property("eo:cloud_cover"), Literal(NUMBER - 3)))
    assert ids(store.find(ItemQuery(filter=cloudy, sort=(Sort("eo:cloud_cover"),)), EVERYBODY)) == ["i10", "i11"]
    assert store.count(ItemQuery(collections=("theirs",)), EVERYBODY, 5) == NUMBER
    (monthly,) = store.aggregate(ItemQuery(), [Aggregation("m", "dates", "datetime")], EVERYBODY, 10)
    assert [one.count for one in monthly.buckets] == [NUMBER]
    assert {"id", "datetime"} <= {one.name for one in store.queryables("theirs", EVERYBODY)}
    for document in documents:
        there = orjson.loads(store.item("theirs", document["id"], EVERYBODY).body)
        assert {**there, "links": []} == document


@pytest.mark.parametrize(
    "version",
    [
        pytest.param("0.8.0", marks=pytest.mark.peers),
        "0.8.6",
        pytest.param("0.9.0", marks=pytest.mark.peers),
        "0.9.11",
    ],
)
def test_a_database_of_an_older_version_is_read_as_it_is(postgres_url, version):
    documents = made_by(postgres_url, version)
    attached = open_store(f"{postgres_url}?attached={PUBLIC}")
    try:
        check(attached, documents)
        assert attached.capabilities == frozenset()
        assert attached.statistics().counts == {"Items": NUMBER, "Collections": 1}
        with pytest.raises(NotSupported):
            attached.remove("theirs", "i00", 1, [])
    finally:
        attached.close()


def test_a_database_of_an_older_version_is_taken_over(postgres_url):
    documents = made_by(postgres_url, "0.8.6")
    store = open_store(f"{postgres_url}?others={PUBLIC}")
    try:
        check(store, documents)
        assert list(store.check(lambda *_: None)) == []
    finally:
        store.close()


def test_a_database_too_old_is_refused_by_the_versions_that_are_read(postgres_url):
    made_by(postgres_url, "0.7.10")
    with pytest.raises(NotSupported, match=r"0\.7\.10.*0\.8"):
        open_store(f"{postgres_url}?attached={PUBLIC}")
