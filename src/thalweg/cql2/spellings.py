"""How clients write the names of operators, and what the standard calls them."""

from collections.abc import Mapping

from thalweg.core.expressions import ARITHMETIC, ARRAYS, CHARACTERS, COMPARISONS, LOGIC, PREDICATES, SPATIAL, TEMPORAL

OPERATORS = LOGIC | COMPARISONS | PREDICATES | CHARACTERS | ARITHMETIC | SPATIAL | TEMPORAL | ARRAYS
_OTHERS = {
    "==": "=",
    "eq": "=",
    "!=": "<>",
    "ne": "<>",
    "neq": "<>",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "is null": "isNull",
    "is_null": "isNull",
    "mod": "%",
    "anyinteracts": "t_intersects",
    "intersects": "s_intersects",
}
CANONICAL: Mapping[str, str] = {**{name.lower(): name for name in OPERATORS}, **_OTHERS}
"""Lower case → the name in the standard's JSON."""
CALLED = tuple(sorted(one.lower() for one in SPATIAL | TEMPORAL | ARRAYS | CHARACTERS))
"""Operators that are written in text as functions are, in lower case."""
NEGATED: Mapping[str, str] = {
    "not in": "in",
    "notin": "in",
    "not like": "like",
    "notlike": "like",
    "not between": "between",
    "notbetween": "between",
    "is not null": "isNull",
    "isnotnull": "isNull",
}
"""Operators that some clients write in one word with their NOT."""
