"""Orders, as ``sortby`` gives them in a query and in a body."""

from collections.abc import Iterable, Mapping

from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import Sort
from thalweg.cql2.names import plain

MOST_KEYS = 8
_LONGEST = 256
_UNSORTABLE = frozenset({"geometry", "bbox", "assets", "links", "properties"})


def order_in_query(value: object) -> tuple[Sort, ...]:
    """Read ``+datetime,-properties.eo:cloud_cover``; a plus that was not escaped comes as a space.

    Raises:
        InvalidParameter: it names nothing to sort by.
    """
    if not isinstance(value, str):
        raise InvalidParameter("sortby", "takes names joined by commas")
    listed = [part.strip() for part in value.split(",")]
    return _keys((part.lstrip("+-"), part.startswith("-")) for part in listed if part)


def order_in_body(value: object) -> tuple[Sort, ...]:
    """Read ``[{"field": "datetime", "direction": "desc"}]``.

    Raises:
        InvalidParameter: it is something else.
    """
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise InvalidParameter("sortby", "takes an array of objects with field and direction")
    return _keys(_key(one) for one in value)


def _key(one: Mapping[str, object]) -> tuple[str, bool]:
    field, direction = one.get("field"), one.get("direction", "asc")
    if not isinstance(field, str) or not set(one) <= {"field", "direction"}:
        raise InvalidParameter("sortby", "takes an array of objects with field and direction")
    if direction not in ("asc", "desc"):
        raise InvalidParameter("sortby", "its direction is asc or desc")
    return field, direction == "desc"


def _keys(named: Iterable[tuple[str, bool]]) -> tuple[Sort, ...]:
    keys: dict[str, Sort] = {}
    for written, descending in named:
        name = plain(written.strip())
        if not 0 < len(name) <= _LONGEST:
            raise InvalidParameter("sortby", f"a name has 1 to {_LONGEST} characters")
        if name in _UNSORTABLE or "\0" in name:
            raise InvalidParameter("sortby", f"{name!r} has no order")
        if name in keys:
            raise InvalidParameter("sortby", f"names {name[:64]} twice")
        keys[name] = Sort(name, descending)
    if len(keys) > MOST_KEYS:
        raise InvalidParameter("sortby", f"names more than {MOST_KEYS}")
    return tuple(keys.values())
