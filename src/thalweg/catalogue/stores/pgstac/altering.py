"""Several changes of Items made in the caller's transaction, those of one kind by the same statements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from thalweg.catalogue.alterations import Addition, Alteration, Removal, Replacement
from thalweg.catalogue.stores.pgstac import items
from thalweg.catalogue.stores.pgstac.bases import Bases, Current
from thalweg.catalogue.stores.pgstac.collections import missing
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.items import Held, Known, Tallies
from thalweg.catalogue.stores.pgstac.rows import Ready, Row, row_of
from thalweg.core.items import Item

Place = tuple[str, str]
"""A Collection and the id of an Item."""


@dataclass(slots=True)
class Altering:
    """The changes of one transaction; no Item is among them twice, so that their order does not matter.

    Attributes:
        classes: the numbers of the visibility classes of new Items.
        named: the name of any class.
        made: the Items that come, as far as they are ready.
        rows: what was written.
    """

    connection: Connection
    bases: Bases
    classes: Mapping[str, int]
    named: Callable[[int], str]
    made: Mapping[Place, Ready]
    tallies: Tallies = field(default_factory=Tallies)
    rows: list[Row] = field(default_factory=list)

    def make(self, alterations: Sequence[Alteration]) -> tuple[Item | None, ...]:
        """Make the changes; return of each the Item as it is now, nothing for one that was removed."""
        within = self._within(alterations)
        there = self._there(alterations, within)
        current = self.bases.current(self.connection, set(within))
        self._add([one for one in alterations if isinstance(one, Addition)], within, current)
        self._replace([one for one in alterations if isinstance(one, Replacement)], within, current, there)
        for one in alterations:
            if isinstance(one, Removal):
                items.remove(self.connection, within[one.collection], one.id, there[one.place], self.tallies)
        now = {(row.new.collection, row.new.id): row for row in self.rows}
        return tuple(None if isinstance(one, Removal) else self._item(now[one.place]) for one in alterations)

    def _within(self, alterations: Sequence[Alteration]) -> dict[str, Held]:
        wanted = {one.place[0] for one in alterations}
        within = items.held(self.connection, wanted)
        for absent in sorted(wanted - within.keys()):
            raise missing(absent)
        return within

    def _there(self, alterations: Sequence[Alteration], within: Mapping[str, Held]) -> dict[Place, Known]:
        """Return the Items that are replaced and removed, each of the version that it should have."""
        versions = {one.place: one.version for one in alterations if not isinstance(one, Addition)}
        asked: dict[str, list[str]] = {}
        for collection, item_id in versions:
            asked.setdefault(collection, []).append(item_id)
        there: dict[Place, Known] = {}
        for collection, ids in sorted(asked.items()):
            found = items.known(self.connection, self.bases, collection, within[collection], ids)
            for item_id in ids:
                version = versions[collection, item_id]
                there[collection, item_id] = items.expected(found, collection, item_id, version)
        return there

    def _add(self, additions: Sequence[Addition], within: Mapping[str, Held], current: Mapping[str, Current]) -> None:
        new = [one.item for one in additions]
        places = [(within[item.collection].c, item.id) for item in new]
        items.check_free(new, places, items.taken(self.connection, places))
        were = items.last_versions(self.connection, places)
        rows = [
            row_of(
                self.made[item.collection, item.id].of(current[item.collection]),
                place[0],
                self.classes[item.visibility_class],
                were.get(place, 0) + 1,
            )
            for item, place in zip(new, places, strict=True)
        ]
        items.insert(self.connection, within, rows, self.tallies)
        self.rows += rows

    def _replace(
        self,
        replacements: Sequence[Replacement],
        within: Mapping[str, Held],
        current: Mapping[str, Current],
        there: Mapping[Place, Known],
    ) -> None:
        rows, were = list[Row](), list[tuple[int, str, Known, datetime]]()
        for one in replacements:
            collection, item_id = one.place
            before, c = there[one.place], within[collection].c
            row = row_of(self.made[one.place].of(current[collection]), c, before.k, one.version + 1, before.since)
            rows.append(row)
            were.append((c, item_id, before, row.at))
        if rows:
            items.keep_past(self.connection, were)
            items.update(self.connection, within, rows, self.tallies)
        self.rows += rows

    def _item(self, row: Row) -> Item:
        return Item(row.new.collection, row.new.id, row.body, row.v, self.named(row.k))
