"""What Items of a time tell together: those that are as they were, and versions of the past beside them."""

from collections.abc import Mapping
from typing import Any

import apsw

from thalweg.catalogue.stores.sqlite.aggregates import Aggregates, day_of
from thalweg.catalogue.stores.sqlite.as_of import BothPlaces, PastNarrowing, of_both
from thalweg.catalogue.stores.sqlite.census import Scope
from thalweg.catalogue.stores.sqlite.narrowing import Narrowed
from thalweg.catalogue.stores.sqlite.places import Place, short_of
from thalweg.catalogue.stores.sqlite.plans import cheapest, source
from thalweg.core.queries import Aggregation
from thalweg.cql2.moments import times_of


class BothNarrowing(PastNarrowing):
    """Says what is asked of Items of both sides."""

    places_of = BothPlaces


class AggregatesThen(Aggregates):
    """Aggregations over Items as they were, within one reading transaction.

    Args:
        connection: reads.
        narrowing: says what is counted, in the values of both sides.
        asked: of the Items that are as they were.
        past: of the versions that were superseded.
        scope: of ``asked``.
    """

    def __init__(
        self, connection: apsw.Connection, narrowing: BothNarrowing, asked: Narrowed, past: Narrowed, scope: Scope
    ) -> None:
        super().__init__(connection, narrowing, asked, scope)
        self._past = past

    @property
    def _any(self) -> bool:
        return True

    def _source(self) -> str:
        if self._found is None:
            there = source(self._asked, cheapest(self._connection, self._asked, self._scope))
            self._found = of_both(there, self._past)
        return self._found

    def _only_one(self, asked: Aggregation) -> bool:  # noqa: ARG002 - of the past it was not noted
        return False

    def _unkept_day(self, place: Place, kept: str) -> str:
        """Return the day of a property that old versions have only in their documents."""
        name = short_of(place.name)

        def day(document: Mapping[str, Any]) -> int | None:
            return day_of(times_of(document["properties"].get(name)))

        number = self._narrowing.bound(self._narrowing.functions.reading(day))
        read = place.document.format(number=number)
        return f"(CASE WHEN {place.slow} THEN {read} ELSE {kept} END)" if place.fast else read
