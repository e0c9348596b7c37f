"""The terms of an index around one of them, with how many Records have each (SRU 1.2, scan)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thalweg.catalogue.api.sru.diagnostics import INDEX, Diagnostic
from thalweg.catalogue.records.kinds import ITEM, TYPE
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.expressions import Literal, Operation, Property
from thalweg.core.queries import Aggregation, Sort

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from thalweg.catalogue.api.sru.indexes import Index
    from thalweg.catalogue.records.entries import Entry
    from thalweg.catalogue.records.service import Records
    from thalweg.core.principals import Principal


@dataclass(frozen=True, slots=True)
class Term:
    """A value, and how many Records have it; at least so many where they were too many to be counted."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Scanning:
    """Looks at the terms of what a caller sees, as it is or as it was."""

    records: Records
    who: Principal
    workspace: str | None = None
    as_of: datetime | None = None

    def around(self, index: Index, term: str, position: int, most: int) -> list[Term]:
        """Return ``most`` terms, of which the one asked for, or what comes after it, stands at a position from 1.

        Raises:
            Diagnostic: the terms of this index are not listed.
        """
        before = max(0, position - 1)
        if index.scanned == "values":
            return self._among(self._values(index), term, position, most)
        if index.scanned != "walk":
            raise Diagnostic(INDEX, f"{index.context}.{index.name}")
        name = index.asked.members[0].name
        earlier = list(self._walk(name, "<", term, before))[::-1]
        later = list(self._walk(name, ">" if position == 0 else ">=", term, most - len(earlier)))
        return [*earlier, *later]

    @staticmethod
    def _among(values: list[Term], term: str, position: int, most: int) -> list[Term]:
        at = next((place for place, one in enumerate(values) if one.value >= term), len(values))
        if position == 0:
            at += at < len(values) and values[at].value == term
        start = max(0, at - max(0, position - 1))
        return values[start : start + most]

    def _values(self, index: Index) -> list[Term]:
        name = "language" if index.name == "language" else index.asked.members[0].name
        most = self.records.limits.buckets
        asked = [Aggregation(name, "terms", name)]
        (found,) = self.records.facets(RecordQuery(as_of=self.as_of), asked, self.who, most, self.workspace)
        counted = {str(bucket.key): bucket.count for bucket in found.buckets}
        if name == TYPE and (items := self._count(RecordQuery(types=(ITEM,), as_of=self.as_of))):
            counted[ITEM] = items
        return [Term(value, counted[value]) for value in sorted(counted)]

    def _walk(self, name: str, op: str, term: str, most: int) -> Iterator[Term]:
        """Yield the values on one side of a term, nearest first."""
        descending, place = op == "<", term
        for _ in range(most):
            beside = Operation(op, (Property(name), Literal(place)))
            query = RecordQuery(filter=beside, sort=(Sort(name, descending),), limit=1, as_of=self.as_of)
            found = self.records.search(query, self.who, self.workspace).found
            value = _value(found[0], name) if found else None
            if value is None:
                return
            same = Operation("=", (Property(name), Literal(value)))
            yield Term(value, self._count(replace(query, filter=same, sort=())))
            op, place = "<" if descending else ">", value

    def _count(self, query: RecordQuery) -> int:
        most = self.records.limits.counted
        found = self.records.count(query, self.who, most, self.workspace)
        return most + 1 if found is None else found


def _value(entry: Entry, name: str) -> str | None:
    record = entry.record()
    found = record.title if name == "title" else (record.extra or {}).get(name)
    return found if isinstance(found, str) else None
