"""What the pgstac store holds to: how long it waits, what its planner knows, and one moment for one answer."""

from dataclasses import replace

import psycopg
import pytest
from made_items import EVERYBODY, OWNER, PUBLIC, VALIDATOR, a_collection, an_item, new, register

from thalweg.catalogue.stores.pgstac import census, connections, finding, planning
from thalweg.catalogue.stores.pgstac.connections import Pool
from thalweg.catalogue.stores.pgstac.finding import statement
from thalweg.catalogue.stores.pgstac.opening import SEARCH_PATH
from thalweg.catalogue.stores.pgstac.versions import versions
from thalweg.core.errors import Unavailable
from thalweg.core.events import Event
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.queries import ItemQuery, Sort

pytestmark = pytest.mark.postgres


@pytest.fixture
def made(store):
    store.register_collection(VALIDATOR.collection(a_collection(), PUBLIC), [])
    return store


@pytest.fixture
def alone(pgstac_url, monkeypatch):
    """Return a pool of one connection, which another has, and which is waited for as good as not at all."""
    pool = Pool(pgstac_url, SEARCH_PATH, most=1)
    with pool.reading():
        monkeypatch.setattr(connections, "_WAIT_SECONDS", 0.01)
        pool._pool().pop_stats()
        yield pool
    pool.close()


@pytest.mark.parametrize("use", [Pool.read, Pool.write])
def test_who_waited_in_vain_for_a_connection_does_not_wait_again(alone, use):
    with pytest.raises(Unavailable, match="all connections to it are busy"):
        use(alone, lambda connection: connection.execute("SELECT 1"))
    waited = alone._pool().get_stats()
    assert (waited["requests_queued"], waited["requests_errors"]) == (1, 1)


def test_versions_that_came_after_an_item_was_read_are_not_told_with_it(made):
    register(made, an_item("i1"))
    (read,) = made.versions("swot", "i1", EVERYBODY)
    seen = made._classes.seen(EVERYBODY)
    made.replace(new(an_item("i1", properties={"n": 1}))[0], 1, [])
    made.replace(new(an_item("i1", properties={"n": 2}))[0], 2, [])
    made.remove("swot", "i1", 3, [])
    with made._pool.reading() as connection:
        assert versions(connection, "swot", "i1", read, seen) == (read,)
        assert [one.number for one in versions(connection, "swot", "i1", None, seen)] == [3, 3, 2, 1]


def test_the_planner_is_told_of_what_many_loads_brought(made, pgstac_url, monkeypatch):
    monkeypatch.setattr(planning, "MANY", 6)
    load(made, "a", 5)
    assert sampled(pgstac_url)[1] == -1
    load(made, "b", 1)
    assert sampled(pgstac_url) == [6, 6]
    with psycopg.connect(pgstac_url) as other:
        other.execute("LOCK TABLE thalweg.item IN SHARE UPDATE EXCLUSIVE MODE")
        load(made, "c", 6)
        assert sampled(pgstac_url) == [6, 12]


@pytest.mark.parametrize("above", [None, 2])
@pytest.mark.parametrize("descending", [False, True])
def test_an_order_by_a_declared_property_is_walked_along_its_index(made, monkeypatch, descending, above):
    values = (3, 1, 2, True, "a", "b", None, 2, 5, 4)
    register(made, *(an_item(f"i{n}", properties={"eo:cloud_cover": value}) for n, value in enumerate(values)))
    asked = []
    monkeypatch.setattr(census, "_RARE", 0)
    monkeypatch.setattr(finding, "statement", lambda *given: asked.append(statement(*given)) or asked[-1])
    limit = None if above is None else Operation(">=", (Property("eo:cloud_cover"), Literal(above)))
    query = ItemQuery(filter=limit, sort=(Sort("eo:cloud_cover", descending),), limit=3)
    page = made.find(query, OWNER)
    made.find(replace(query, after=page.next), OWNER)
    made.find(replace(query, after=made.find(replace(query, after=page.next), OWNER).previous), OWNER)
    for sql, parameters in asked:
        nodes = nodes_of_page(made, sql, parameters)
        assert "Index Scan" in nodes
        assert not nodes & {"Sort", "Incremental Sort", "Seq Scan", "Bitmap Heap Scan"}


def nodes_of_page(store, sql, parameters):
    """Return the kinds of the nodes by which PostgreSQL finds a page, if it can do without sorting."""
    with store._pool.reading() as connection, connection.transaction():
        for way in ("sort", "incremental_sort", "seqscan", "bitmapscan"):
            connection.execute(f"SET LOCAL enable_{way} = off")
        (told,) = connection.execute(f"EXPLAIN (FORMAT json) {sql}", parameters).fetchone()
    (page,) = (one for one in below(told[0]["Plan"]) if one.get("Subplan Name") == "CTE page")
    return {one["Node Type"] for one in below(page)}


def below(node):
    yield node
    for one in node.get("Plans", ()):
        yield from below(one)


def load(store, name, number):
    documents = new(*(an_item(f"{name}{place}") for place in range(number)))
    store.load(documents, lambda outcome, item: Event(outcome, item.id, item.visibility_class), replacing=False)


def sampled(url):
    """Return how many rows the planner knows of, of the index table and of the only partition."""
    sql = "SELECT reltuples FROM pg_class WHERE oid = %s::regclass"
    with psycopg.connect(url) as connection:
        (key,) = connection.execute("SELECT key FROM thalweg.coll").fetchone()
        tables = "thalweg.item", f'pgstac."_items_{key}"'
        return [connection.execute(sql, (table,)).fetchone()[0] for table in tables]
