"""The kind of resource that a Record tells of, asked of Items, whose documents do not say it.

An Item has no ``type`` among its properties; it is an ``item``. So a condition on ``type`` is answered for Items where
it is read, and for Records by their own property. P(type) becomes
(type IS NOT NULL AND P(type)) OR (type IS NULL AND P('item')), which is never null for an Item, so that NOT holds too.
"""

from __future__ import annotations

from dataclasses import replace

from thalweg.core.expressions import Array, Expression, Literal, Operation, Property, properties_of

ITEM = "item"
TYPE = "type"
_KIND = Property(TYPE)
_IS_ITEM = Operation("isNull", (_KIND,))
_IS_RECORD = Operation("not", (_IS_ITEM,))
_CONNECTIVES = frozenset({"and", "or", "not"})


def of_types(types: tuple[str, ...]) -> Expression | None:
    """Return what asks for Records of one of these types, Items among them; nothing for no type."""
    if not types:
        return None
    others = tuple(Literal(name) for name in types if name != ITEM)
    among = Operation("in", (_KIND, Array(others))) if others else None
    if ITEM not in types:
        return among
    return _IS_ITEM if among is None else Operation("or", (among, _IS_ITEM))


def read_for_items(expression: Expression) -> Expression:
    """Return a filter that takes an Item's type for ``item``."""
    if not isinstance(expression, Operation):
        return expression
    if expression.op in _CONNECTIVES:
        return replace(expression, arguments=tuple(map(read_for_items, expression.arguments)))
    if TYPE not in properties_of(expression):
        return expression
    if expression == _IS_ITEM:
        return Operation("and", (_IS_ITEM, _IS_RECORD))  # true of nothing: each resource has a type
    return Operation(
        "or",
        (Operation("and", (_IS_RECORD, expression)), Operation("and", (_IS_ITEM, _told_of_item(expression)))),
    )


def _told_of_item(expression: Expression) -> Expression:
    if expression == _KIND:
        return Literal(ITEM)
    if isinstance(expression, Operation):
        return replace(expression, arguments=tuple(map(_told_of_item, expression.arguments)))
    return expression
