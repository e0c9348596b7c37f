"""How the store is looked after while others serve."""

from collections.abc import Iterator
from typing import Any

from thalweg.catalogue.ports import Finding, Statistics, Told
from thalweg.catalogue.stores.sqlite import declaring, properties
from thalweg.catalogue.stores.sqlite.checking import Checking
from thalweg.catalogue.stores.sqlite.compacting import Compacting
from thalweg.catalogue.stores.sqlite.deriving import Deriving
from thalweg.catalogue.stores.sqlite.opened import Opened
from thalweg.catalogue.stores.sqlite.remembering import remember_all
from thalweg.core.queryables import Queryable

_COUNTS = {
    "Items": "SELECT coalesce(sum(n), 0) FROM tally WHERE c = 0",
    "Collections": "SELECT count(*) FROM coll WHERE body IS NOT NULL",
    "earlier versions": "SELECT count(*) FROM past",
    "removed Items": "SELECT count(*) FROM gone",
    "visibility classes": "SELECT count(*) FROM class",
    "properties": "SELECT count(*) FROM property",
    "indexed values": "SELECT count(*) FROM val",
    "events": "SELECT count(*) FROM outbox",
}
_PARTS = {
    "doc": "documents", "dict": "documents", "item": "Items", "past": "earlier versions", "gone": "earlier versions",
    "val": "indexed values", "letters": "indexed values", "box": "places", "txt": "text", "colltxt": "text",
    "coll": "Collections",
    "extent": "Collections", "collpast": "earlier versions", "outbox": "events", "tally": "counts", "roll": "counts",
    "queryable": "properties", "sighting": "properties", "property": "properties",
}  # fmt: skip
_MUCH_FREE = 0.1


class Upkeep(Opened):
    """What an operator asks for."""

    def derive(self) -> None:
        """Go on with what a migration left to be derived from documents; several may do so at once."""
        remember_all(self._connections, self._bodies)
        deriving = self._deriving()
        while True:
            with self._connections.reading() as connection:
                mark: int | None = connection.execute("SELECT value FROM state WHERE name = 'derived'").get
            if mark is None:
                return
            if mark == 0:
                deriving.collections()
            rows = deriving.after(mark)
            if not rows:
                with self._connections.writing() as connection:
                    connection.execute("DELETE FROM state WHERE name = 'derived'")
                return
            deriving.derive(rows, done=rows[-1].n)

    def declare(self, queryable: Queryable, told: Told) -> None:
        """Keep or index a property from now on, or let go of it, while others serve."""
        declaring.declare(self._connections, self._deriving(), queryable, told)

    def check(self, told: Told, *, mend: bool = False) -> Iterator[Finding]:
        """Yield what does not agree."""
        total = self.statistics_of("Items")
        checking = Checking(self._connections, self._deriving(), mend=mend)
        yield from checking.findings(lambda done: told("Items", done, max(done, total)))

    def compact(self, told: Told) -> None:
        """Give back what is not needed: documents packed by an old dictionary, fragments of the text, free pages."""
        Compacting(self._connections, self._bodies).compact(told)

    def reindex(self, told: Told) -> None:
        """Make all that is derived from the documents again; what was left half declared is declared then."""
        deriving, total = self._deriving(), self.statistics_of("Items")
        with self._connections.reading() as connection:
            moving = properties.moving(connection)
        deriving.collections()
        done, last = 0, 0
        while rows := deriving.after(last):
            deriving.derive(rows)
            done, last = done + len(rows), rows[-1].n
            told("Items", done, max(done, total))
        deriving.recount()
        with self._connections.writing() as connection:
            properties.reached(connection, moving)

    def statistics(self) -> Statistics:
        """Return how much the store holds."""
        counts = {noun: self.statistics_of(noun) for noun in _COUNTS}
        with self._connections.reading() as connection:
            rows: Any = connection.execute("SELECT name, pgsize, unused FROM dbstat('main', 1)").fetchall()
            pages, free = (int(connection.execute(f"PRAGMA {name}").get) for name in ("page_count", "freelist_count"))
        parts: dict[str, int] = {}
        for name, size, _ in rows:
            part = _part_of(str(name))
            parts[part] = parts.get(part, 0) + int(size)
        notes: tuple[str, ...] = ()
        size = sum(parts.values())
        spare = size // max(1, pages - free) * free + sum(int(unused) for _, _, unused in rows)
        if spare > _MUCH_FREE * size:
            back = "thalweg catalogue compact, while nothing serves, gives them back"
            notes = (f"{spare / 1e6:,.1f} MB are spare: they are used again; {back}.",)
        return Statistics(counts, parts, notes)

    def statistics_of(self, noun: str) -> int:
        """Return how many of one noun there are."""
        with self._connections.reading() as connection:
            found: int = connection.execute(_COUNTS[noun]).get
        return found

    def _deriving(self) -> Deriving:
        return Deriving(self._connections, self._learning, self._bodies)


def _part_of(table: str) -> str:
    return next((part for beginning, part in _PARTS.items() if table.split("_", maxsplit=1)[0] == beginning), "other")
