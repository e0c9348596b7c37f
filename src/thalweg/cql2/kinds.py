"""What sort of value an expression gives."""

from enum import StrEnum


class Kind(StrEnum):
    """The kind of a value; ``UNKNOWN`` fits anywhere: a property of which nothing is told, or ``NULL``."""

    BOOLEAN = "boolean"
    STRING = "string"
    NUMBER = "number"
    INSTANT = "instant"
    SPAN = "interval"
    GEOMETRY = "geometry"
    ARRAY = "array"
    UNKNOWN = "unknown"
