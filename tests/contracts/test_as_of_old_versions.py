"""Versions that were superseded before the catalogue could be asked as of times are found as of theirs."""

import pytest
from made_items import EVERYBODY, PUBLIC, VALIDATOR, a_collection, after_now, an_item, new
from sqlalchemy import event

from thalweg.catalogue.stores.pgstac import open_store as open_pgstac
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.geometry import BBox
from thalweg.core.queries import ItemQuery, Sort
from thalweg.core.texts import Phrase
from thalweg.core.time import Interval, instant
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate

WHEN = instant("2024-05-01T00:00:00Z")


def is_(name, op, value):
    return Operation(op, (Property(name), Literal(value)))


@pytest.mark.parametrize("which", ["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def test_what_was_superseded_before_the_catalogue_was_asked_as_of_times_is_found(which, tmp_path, request):
    url = f"sqlite:///{tmp_path / 'old.sqlite'}" if which == "sqlite" else request.getfixturevalue("pgstac_url")
    opening, block, old = OPENED[which]
    store = opening(url)
    name = "rivers"
    store.register_collection(VALIDATOR.collection(a_collection(name), PUBLIC), [])
    box, properties = (5, 5, 6, 6), {"title": "ice", "level": 1}
    store.register(new(an_item("one", name, box, properties=properties), an_item("two", name, box)), [])
    first = after_now()
    store.replace(*new(an_item("one", name, (50, 50, 51, 51), properties={"level": 2})), 1, [])
    second = after_now()
    store.remove(name, "one", 2, [])
    store.remove(name, "two", 1, [])
    engine = open_engine(store._engine.url.render_as_string(hide_password=False))
    store.close()
    if which == "pgstac":
        event.listen(engine, "connect", _first_ours)
    migrate(engine, block, old)
    engine.dispose()
    store = opening(url)

    def found(at, **more):
        page = store.find(ItemQuery((name,), sort=(Sort("id"),), as_of=at, **more), EVERYBODY)
        return [one.id for one in page.found]

    assert (found(first), found(second)) == (["one", "two"], ["one", "two"])
    assert found(first, bbox=BBox(5, 5, 6, 6)) == ["one", "two"]
    assert found(second, bbox=BBox(5, 5, 6, 6)) == ["two"]
    assert found(first, text=Phrase(("ice",))) == ["one"]
    assert found(first, filter=is_("level", "=", 1)) == ["one"]
    assert found(second, filter=is_("level", "=", 2)) == ["one"]
    assert found(first, interval=Interval(WHEN, WHEN)) == ["one", "two"]
    store.close()


OPENED = {
    "sqlite": (open_store, "catalogue", "catalogue0003"),
    "pgstac": (open_pgstac, "catalogue.stores.pgstac", "pgstac0002"),
}


def _first_ours(connection, _record):
    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO thalweg, pgstac, public")
    connection.commit()
