"""What Items of a time tell together: those that are as they were, and versions of the past beside them."""

import apsw

from thalweg.catalogue.stores.sqlite.aggregates import Aggregates
from thalweg.catalogue.stores.sqlite.as_of import BothPlaces, PastNarrowing, of_both
from thalweg.catalogue.stores.sqlite.census import Scope
from thalweg.catalogue.stores.sqlite.narrowing import Narrowed
from thalweg.catalogue.stores.sqlite.plans import cheapest, source


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
