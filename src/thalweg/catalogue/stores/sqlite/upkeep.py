"""How the store is looked after while others serve."""

from collections.abc import Iterable

from thalweg.catalogue.ports import Finding, Statistics, Told
from thalweg.catalogue.stores.sqlite.opened import Opened
from thalweg.core.queryables import Queryable


class Upkeep(Opened):
    """What an operator asks for."""

    def derive(self) -> None:
        """Go on with what a migration left to be derived from documents."""

    def declare(self, queryable: Queryable, told: Told) -> None:
        """Keep or index a property from now on."""

    def check(self, told: Told, *, mend: bool = False) -> Iterable[Finding]:
        """Yield what does not agree."""
        return []

    def compact(self, told: Told) -> None:
        """Give back what is not needed."""

    def reindex(self, told: Told) -> None:
        """Make all that is derived from the documents again."""

    def statistics(self) -> Statistics:
        """Return how much the store holds."""
        return Statistics({}, {})
