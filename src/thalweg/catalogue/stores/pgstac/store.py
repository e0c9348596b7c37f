"""The Item store on our own pgstac database."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import psycopg

from thalweg.catalogue.alterations import Alteration, Removal, check_once
from thalweg.catalogue.canonical import canonical
from thalweg.catalogue.copying import History, Remembers, Restores
from thalweg.catalogue.ports import CAPABILITIES, Capability, Extent, Finding, NewCollection, NewItem, Statistics, Told
from thalweg.catalogue.sightings import Sighting, gathered
from thalweg.catalogue.stores.pgstac import collections, items, queryables
from thalweg.catalogue.stores.pgstac.altering import Altering
from thalweg.catalogue.stores.pgstac.answers import Answers
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.loading import Load, given
from thalweg.catalogue.stores.pgstac.restoring import restored
from thalweg.catalogue.stores.pgstac.rooms import make_room
from thalweg.catalogue.stores.pgstac.rows import Row, ready, row_of
from thalweg.catalogue.stores.pgstac.snapshots import Snapshots
from thalweg.catalogue.times import moment
from thalweg.core.events import Event
from thalweg.core.geometry import BBox
from thalweg.core.items import Collection, Item, Loaded, Outcome, Turn, at_once
from thalweg.core.principals import EVERYTHING, Visibility
from thalweg.core.queryables import Queryable
from thalweg.sql.outbox import record_direct

if TYPE_CHECKING:
    from thalweg.catalogue.ports import ItemStore, Maintained

T = TypeVar("T")
_EXTENT = """
SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box), first, last FROM (
    SELECT ST_Extent(shape) AS box, min(first) AS first, max(last) AS last FROM item
    WHERE c = (SELECT c FROM coll WHERE id = %s)
) AS all_of_it
"""
Shown = Mapping[queryables.Place, Sighting]


class PgstacStore(Answers, Snapshots):
    """Items and Collections in a pgstac database of ours."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Return all there are."""
        return CAPABILITIES

    def give_to_others(self, visibility_class: str) -> None:
        """Name the class of what other programs write into this database."""
        self._classes.give_to_others(visibility_class)

    def declare(self, queryable: Queryable, told: Told) -> None:
        """Give a property an index, or take it away, while others serve."""
        name = queryable.collection
        c = 0 if name is None else self._pool.read(lambda one: self._number(one, name))
        queryables.declare(self._pool, queryable, c, told)

    def extent(self, collection: str) -> Extent | None:
        """Return where and when the Items of a Collection are."""
        row = self._pool.read(lambda one: one.execute(_EXTENT, (collection,)).fetchone())
        if row is None or row[4] is None:
            return None
        west, south, east, north, first, last = row
        return Extent(None if south is None else BBox(west, south, east, north), moment(first), moment(last))

    def load(
        self,
        items_: Sequence[NewItem],
        told: Callable[[Outcome, NewItem], Event],
        *,
        replacing: bool,
        turn: Turn = at_once,
        seen_by: Visibility = EVERYTHING,
    ) -> tuple[Loaded, ...]:
        """Take each Item that can be taken, in one transaction."""
        made = given(items_, self._bases)
        turn()
        classes = self._classes.numbers({item.visibility_class for item in items_})

        def take(connection: Connection) -> tuple[tuple[Loaded, ...], Counter[int]]:
            within = items.held(connection, made.collections)
            current = self._bases.current(connection, set(within))
            named = partial(self._classes.name, connection=connection)
            load = Load(connection, self._bases, within, current, classes, named, told, replacing, seen_by)
            answers = load.take(made)
            self._finish(connection, load.seen(made), load.tallies, load.events)
            return answers, _partitions(within, load.rows)

        answers, wrote = self._write(take, items_)
        self._planning.wrote(wrote)
        return answers

    def restore(self, items_: Sequence[History], events: Sequence[Event]) -> None:
        """Take Items with their versions, in the place of what is there of them."""
        classes = self._classes.numbers({one.item.visibility_class for one in items_})

        def take(connection: Connection) -> Counter[int]:
            within = items.held(connection, {one.item.collection for one in items_})
            for one in items_:
                if one.item.collection not in within:
                    raise collections.missing(one.item.collection)
            tallies = items.Tallies()
            rows = restored(connection, self._bases, within, classes, items_, tallies)
            self._finish(connection, _shown(rows), tallies, events)
            return _partitions(within, rows)

        self._planning.wrote(self._write(take, [one.item for one in items_]))

    def checkpoint(self, name: str) -> str | None:
        """Return what was kept under a name."""
        sql = "SELECT state ->> 'at' FROM checkpoint WHERE name = %s"
        row = self._pool.read(lambda one: one.execute(sql, (name,)).fetchone())
        return None if row is None else str(row[0])

    def keep_checkpoint(self, name: str, state: str | None) -> None:
        """Keep a word under a name, or forget it."""
        put = (
            "INSERT INTO checkpoint (name, state) VALUES (%s, jsonb_build_object('at', %s::text))"
            " ON CONFLICT (name) DO UPDATE SET state = excluded.state"
        )
        gone = "DELETE FROM checkpoint WHERE name = %s"
        self._pool.write(lambda one: one.execute(gone, (name,)) if state is None else one.execute(put, (name, state)))

    def _finish(self, connection: Connection, shown: Shown, tallies: items.Tallies, events: Sequence[Event]) -> None:
        """Write what all writers share, last, so that they wait for each other as short as can be."""
        tallies.write(connection)
        queryables.see(connection, shown)
        record_direct(connection, events)

    def register(self, items_: Sequence[NewItem], events: Sequence[Event]) -> tuple[Item, ...]:
        """Take new Items, all or none."""
        made = [ready(item, self._bases.lately(item.collection)) for item in items_]
        classes = self._classes.numbers({item.visibility_class for item in items_})

        def take(connection: Connection) -> tuple[Item, ...]:
            within = items.held(connection, {item.collection for item in items_})
            for item in items_:
                if item.collection not in within:
                    raise collections.missing(item.collection)
            places = [(within[item.collection].c, item.id) for item in items_]
            items.check_free(items_, places, items.taken(connection, places))
            were = items.last_versions(connection, places)
            current = self._bases.current(connection, set(within))
            rows = [
                row_of(
                    one.of(current[item.collection]), place[0], classes[item.visibility_class], were.get(place, 0) + 1
                )
                for item, one, place in zip(items_, made, places, strict=True)
            ]
            tallies = items.Tallies()
            items.insert(connection, within, rows, tallies)
            self._finish(connection, _shown(rows), tallies, events)
            return tuple(
                Item(row.new.collection, row.new.id, row.body, row.v, row.new.visibility_class) for row in rows
            )

        return self._write(take, items_)

    def _write(self, change: Callable[[Connection], T], items_: Sequence[NewItem]) -> T:
        """Change what stands in partitions, which other programs may have bounded."""
        try:
            return self._pool.write(change)
        except psycopg.errors.CheckViolation:
            self._pool.write(lambda connection: make_room(connection, items_))
            return self._pool.write(change)

    def replace(self, item: NewItem, version: int, events: Sequence[Event]) -> Item:
        """Put an Item in the place of the one that has this version."""
        made = ready(item, self._bases.lately(item.collection))

        def put(connection: Connection) -> Item:
            within = items.held(connection, [item.collection])
            if item.collection not in within:
                raise items.missing(item.collection, item.id)
            one = within[item.collection]
            found = items.known(connection, self._bases, item.collection, one, [item.id])
            before = items.expected(found, item.collection, item.id, version)
            current = self._bases.current(connection, {item.collection})[item.collection]
            row = row_of(made.of(current), one.c, before.k, version + 1, before.since)
            tallies = items.Tallies()
            items.keep_past(connection, [(one.c, item.id, before, row.at)])
            items.update(connection, within, [row], tallies)
            self._finish(connection, _shown([row]), tallies, events)
            return Item(item.collection, item.id, row.body, row.v, self._classes.name(before.k, connection))

        return self._write(put, [item])

    def remove(self, collection: str, item_id: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Item that has this version."""

        def take_out(connection: Connection) -> None:
            within = items.held(connection, [collection])
            if collection not in within:
                raise items.missing(collection, item_id)
            found = items.known(connection, self._bases, collection, within[collection], [item_id])
            before = items.expected(found, collection, item_id, version)
            tallies = items.Tallies()
            items.remove(connection, within[collection], item_id, before, tallies)
            self._finish(connection, {}, tallies, events)

        self._pool.write(take_out)

    def apply(self, alterations: Sequence[Alteration]) -> tuple[Item | None, ...]:
        """Make several changes in one transaction, or none."""
        check_once(alterations)
        items_ = [one.item for one in alterations if not isinstance(one, Removal)]
        made = {(item.collection, item.id): ready(item, self._bases.lately(item.collection)) for item in items_}
        classes = self._classes.numbers({item.visibility_class for item in items_})

        def alter(connection: Connection) -> tuple[Item | None, ...]:
            named = partial(self._classes.name, connection=connection)
            altering = Altering(connection, self._bases, classes, named, made)
            answers = altering.make(alterations)
            self._finish(connection, _shown(altering.rows), altering.tallies, [one.event for one in alterations])
            return answers

        return self._write(alter, items_)

    def remove_some(self, collection: str, most: int, told: Callable[[str, str], Event]) -> int:
        """Remove Items of a Collection in one transaction; return how many there were."""

        def take_out(connection: Connection) -> int:
            within = items.held(connection, [collection])
            if collection not in within:
                raise collections.missing(collection)
            tallies, events = items.Tallies(), list[Event]()
            sql = f"SELECT id FROM {within[collection].partition} ORDER BY id LIMIT %s"  # noqa: S608 - ours
            ids = [str(item_id) for (item_id,) in connection.execute(sql, (most,)).fetchall()]
            there = items.known(connection, self._bases, collection, within[collection], ids)
            for item_id, known in there.items():
                items.remove(connection, within[collection], item_id, known, tallies)
                events.append(told(item_id, self._classes.name(known.k, connection)))
            self._finish(connection, {}, tallies, events)
            return len(there)

        return self._pool.write(take_out)

    def register_collection(self, collection: NewCollection, events: Sequence[Event]) -> Collection:
        """Take a new Collection, with the partition of its Items."""
        k = self._classes.numbers([collection.visibility_class])[collection.visibility_class]

        def take(connection: Connection) -> int:
            version = collections.register(connection, collection, k)
            record_direct(connection, events)
            return version

        version = self._pool.write(take)
        return Collection(collection.id, canonical(collection.body), version, collection.visibility_class)

    def replace_collection(self, collection: NewCollection, version: int, events: Sequence[Event]) -> Collection:
        """Put a Collection in the place of the one that has this version."""

        def put(connection: Connection) -> int:
            new = collections.replace(connection, collection, version)
            record_direct(connection, events)
            return new

        new = self._pool.write(put)
        return Collection(collection.id, canonical(collection.body), new, collection.visibility_class)

    def remove_collection(self, collection: str, version: int, events: Sequence[Event]) -> None:
        """Remove the Collection that has this version and holds no Items."""

        def take_out(connection: Connection) -> None:
            collections.remove(connection, collection, version)
            record_direct(connection, events)

        self._pool.write(take_out)

    def check(self, told: Told, *, mend: bool = False) -> Iterable[Finding]:
        """Yield what does not agree between pgstac's tables and ours."""
        return self._upkeep.check(told, mend=mend)

    def compact(self, told: Told) -> None:
        """Give back what is not needed."""
        self._upkeep.compact(told)

    def reindex(self, told: Told) -> None:
        """Make all that is derived from the documents again."""
        self._upkeep.reindex(told)

    def statistics(self) -> Statistics:
        """Return how much the store holds."""
        return self._upkeep.statistics()

    def close(self) -> None:
        """Let go of connections."""
        self._pool.close()
        self._engine.dispose()


def _shown(rows: Sequence[Row]) -> Shown:
    return gathered(((row.c, row.k, row.properties) for row in rows), {})


def _partitions(within: Mapping[str, items.Held], rows: Sequence[Row]) -> Counter[int]:
    """Return how many rows were written to each partition, by its key."""
    return Counter(within[row.new.collection].key for row in rows)


if TYPE_CHECKING:
    _keeps_its_promise: type[ItemStore] = PgstacStore
    _is_maintained: type[Maintained] = PgstacStore
    _restores: type[Restores] = PgstacStore
    _remembers: type[Remembers] = PgstacStore
