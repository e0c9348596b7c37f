"""Of which kind a property is in all that a filter finds, as far as the filter says so."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from thalweg.catalogue.stores.pgstac.compiling import EXACT_WHOLE
from thalweg.core.expressions import COMPARISONS, Array, Expression, Operation, Property
from thalweg.core.expressions import Literal as Constant
from thalweg.cql2.names import plain

Kind = Literal["number", "string"]


def kind_of(name: str, where: Expression) -> Kind | None:
    """Return the kind that a property, which stands in ``p``, has wherever a filter is true."""
    if not isinstance(where, Operation):
        return None
    if where.op == "and":
        return next((kind for one in where.arguments if (kind := kind_of(name, one)) is not None), None)
    says = "comparison" if where.op in COMPARISONS else where.op
    return _SAYS[says](name, where.arguments) if says in _SAYS else None


def _compared(name: str, arguments: Sequence[Expression]) -> Kind | None:
    left, right = arguments
    return _beside(name, left, right) or _beside(name, right, left)


def _listed(name: str, arguments: Sequence[Expression]) -> Kind | None:
    one, listed = arguments
    kinds = {_beside(name, one, item) for item in listed.items} if isinstance(listed, Array) else set()
    return kinds.pop() if len(kinds) == 1 else None


def _beside(name: str, one: Expression, other: Expression) -> Kind | None:
    if not isinstance(one, Property) or plain(one.name) != plain(name) or not isinstance(other, Constant):
        return None
    value = other.value
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return "number" if abs(value) < EXACT_WHOLE else None


_SAYS: Mapping[str, Callable[[str, Sequence[Expression]], Kind | None]] = {
    "comparison": _compared,
    "between": lambda name, arguments: _beside(name, arguments[0], arguments[1]),
    "in": _listed,
    "like": lambda name, arguments: _beside(name, arguments[0], arguments[1]),
}
