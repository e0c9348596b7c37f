"""How assets are, in the control database: one row an Item."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Row, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from thalweg.catalogue.freshness.assets import Health, read_states, written_states
from thalweg.catalogue.freshness.ports import Tally, Walk
from thalweg.catalogue.freshness.tables import ASSETS, WALK
from thalweg.core.events import Event
from thalweg.core.queries import Token
from thalweg.sql.engines import is_sqlite, reading, writing
from thalweg.sql.outbox import record

if TYPE_CHECKING:
    from thalweg.catalogue.freshness.ports import States

_SUMS = ("alive", "dead", "unsure", "unchecked")
_MOST_CLASSES, _AT_ONCE = 500, 500


class SqlStates:
    """Keeps how assets are in SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def health(self, collection: str, item_id: str) -> Health | None:
        """Return how the assets of an Item were when they were checked last, if they were."""
        return self.healths(collection, [item_id]).get(item_id)

    def healths(self, collection: str, item_ids: Sequence[str]) -> Mapping[str, Health]:
        """Return the same of several Items, by id."""
        query = select(ASSETS).where(ASSETS.c.collection == collection, ASSETS.c.item.in_(item_ids))
        with reading(self._engine) as connection:
            return {row.item: _health(row) for row in connection.execute(query)}

    def put(
        self, collection: str, walk: int, found: Mapping[str, Health], same: Sequence[str], events: Iterable[Event]
    ) -> None:
        """Keep how the assets of Items are; ``same`` are Items that were passed without being checked again."""
        with writing(self._engine) as connection:
            if same:
                passed = (ASSETS.c.collection == collection, ASSETS.c.item.in_(same))
                connection.execute(update(ASSETS).where(*passed).values(walk=walk))
            for item_id, health in found.items():
                _put(connection, ASSETS, ("collection", "item"), _values(collection, item_id, walk, health))
            record(connection, events)

    def dead(
        self, collection: str, classes: Collection[str] | None, after: str, limit: int
    ) -> Sequence[tuple[str, Health]]:
        """Return Items with dead assets, by id, beginning behind ``after``."""
        query = (
            select(ASSETS)
            .where(ASSETS.c.collection == collection, ASSETS.c.dead > 0, ASSETS.c.item > after)
            .order_by(ASSETS.c.item)
            .limit(limit)
        )
        if classes is not None:
            query = query.where(ASSETS.c["class"].in_(sorted(classes)[:_MOST_CLASSES]))
        with reading(self._engine) as connection:
            return [(row.item, _health(row)) for row in connection.execute(query)]

    def tallies(self, collection: str) -> Mapping[str, Tally]:
        """Return sums by visibility class."""
        sums = [func.sum(ASSETS.c[name]).label(name) for name in _SUMS]
        shown = ASSETS.c["class"].label("kind")
        query = (
            select(shown, func.count().label("items"), func.max(ASSETS.c.checked).label("checked"), *sums)
            .where(ASSETS.c.collection == collection)
            .group_by(shown)
        )
        with reading(self._engine) as connection:
            return {
                row.kind: Tally(
                    row.items, int(row.alive), int(row.dead), int(row.unsure), int(row.unchecked), row.checked
                )
                for row in connection.execute(query)
            }

    def collections(self) -> Sequence[str]:
        """Return the Collections of which anything is kept."""
        with reading(self._engine) as connection:
            return connection.scalars(select(WALK.c.collection).order_by(WALK.c.collection)).all()

    def forget(self, collection: str, item_ids: Sequence[str] | None, before: datetime) -> None:
        """Forget how Items are that were checked before a time; ``None`` for all, and how far the check has come."""
        left = delete(ASSETS).where(ASSETS.c.collection == collection, ASSETS.c.checked < before)
        with writing(self._engine) as connection:
            if item_ids is None:
                connection.execute(left)
                connection.execute(delete(WALK).where(WALK.c.collection == collection, WALK.c.begun < before))
            for start in range(0, len(item_ids or ()), _AT_ONCE):
                connection.execute(left.where(ASSETS.c.item.in_((item_ids or ())[start : start + _AT_ONCE])))

    def walk(self, collection: str) -> Walk | None:
        """Return how far the check has come."""
        with reading(self._engine) as connection:
            row = connection.execute(select(WALK).where(WALK.c.collection == collection)).one_or_none()
        if row is None:
            return None
        place = None if row.place is None else Token(tuple(row.place))
        return Walk(row.number, row.begun, row.ended, place, row.left_out)

    def walked(self, collection: str, walk: Walk) -> None:
        """Keep how far the check has come; at its end, forget the Items that it did not meet."""
        values = {
            "collection": collection,
            "number": walk.number,
            "begun": walk.begun,
            "ended": walk.ended,
            "place": None if walk.place is None else list(walk.place.keys),
            "left_out": walk.left,
        }
        with writing(self._engine) as connection:
            _put(connection, WALK, ("collection",), values)
            if walk.ended is not None:
                left = (ASSETS.c.collection == collection, ASSETS.c.walk < walk.number)
                connection.execute(delete(ASSETS).where(*left))


def _values(collection: str, item_id: str, walk: int, health: Health) -> dict[str, Any]:
    return {
        "collection": collection,
        "item": item_id,
        "class": health.visibility_class,
        "version": health.version,
        "checked": health.checked,
        "walk": walk,
        "alive": health.count("alive"),
        "dead": health.count("dead"),
        "unsure": health.count("unsure"),
        "unchecked": health.count("unchecked"),
        "states": written_states(health.assets),
    }


def _put(connection: Connection, table: Table, key: tuple[str, ...], values: Mapping[str, Any]) -> None:
    insert = sqlite.insert if is_sqlite(connection) else postgresql.insert
    changed = {name: value for name, value in values.items() if name not in key}
    statement = insert(table).values(**values)
    connection.execute(statement.on_conflict_do_update(index_elements=[table.c[name] for name in key], set_=changed))


def _health(row: Row[Any]) -> Health:
    return Health(row.version, row._mapping["class"], row.checked, read_states(row.states))  # noqa: SLF001 - public


if TYPE_CHECKING:
    _keeps_its_promise: type[States] = SqlStates
