"""Runs of letters: what indexed properties say, three letters at a time, by which patterns of LIKE find Items.

The table ``letters`` holds, of each Item, all strings within its indexed properties, in arrays and objects too, without
case. It finds all Items of which a condition may be true, and others; the condition itself is asked of what it finds.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from thalweg.core.expressions import SOME, VALUE, Array, Expression, Literal, Operation, Property
from thalweg.core.queryables import Reach
from thalweg.cql2.lookups import values_in

_SHORTEST = 3
_MOST_RUNS = 16
"""So many letters in a row of a pattern, and so many threes of them, are looked for: that is few enough."""
_ALL = frozenset[object]()
_BETWEEN = "\n"
_TOKEN = re.compile(r"\\(.)|([%_])|([^\\%_]+|\\)", re.DOTALL)
_INDEXED = int(Reach.INDEXED)
Indexed = Callable[[str], bool]


def said_in(properties: Mapping[str, Any], wanted: Mapping[str, tuple[int, int]]) -> str:
    """Return the strings within the indexed properties of an Item."""
    named = (properties.get(name) for name, (_, reach) in wanted.items() if reach == _INDEXED)
    # FTS5 may take NUL for the end of a text.
    return _BETWEEN.join(text.casefold() for value in named for text in _texts(value)).replace("\0", _BETWEEN)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, list | dict):
        yield from (one for one in values_in(value, _ALL) if isinstance(one, str))
    elif isinstance(value, str):
        yield value


def letters_of(expression: Expression, indexed: Indexed) -> str | None:
    """Return what FTS5 is asked for the Items of which an expression may be true; nothing where it cannot tell.

    Args:
        expression: a filter, or a part of it that must be true.
        indexed: tells whether all Items in question that have a property have it indexed.
    """
    match expression:
        case Operation("and", several):
            return _joined([found for one in several if (found := letters_of(one, indexed))], " AND ")
        case Operation("or", several):
            each = [letters_of(one, indexed) for one in several]
            return None if None in each else _joined(list(dict.fromkeys(one for one in each if one)), " OR ")
        case Operation(op, (Property(name), Array(), predicate)) if op == SOME:
            return letters_of(predicate, lambda one: one == VALUE) if indexed(name) else None
        case Operation("like", (of, Literal(str(pattern)) | Operation("casei", (Literal(str(pattern)),)))):
            return _of_runs(_runs(pattern)) if _is_indexed(of, indexed) else None
        case Operation("=", (of, Literal(str(text)) | Operation("casei", (Literal(str(text)),)))):
            return _of_runs([text]) if _is_indexed(of, indexed) else None
    return None


def _is_indexed(of: Expression, indexed: Indexed) -> bool:
    bare = of.arguments[0] if isinstance(of, Operation) and of.op == "casei" else of
    return isinstance(bare, Property) and indexed(bare.name)


def _runs(pattern: str) -> list[str]:
    """Return what stands between the wildcards of a pattern."""
    runs = [""]
    for escaped, wild, plain in _TOKEN.findall(pattern):
        if wild:
            runs.append("")
        else:
            runs[-1] += escaped or plain
    return runs


def _of_runs(runs: list[str]) -> str | None:
    threes = dict.fromkeys(three for run in runs for three in _threes(run.casefold()) if "\0" not in three)
    said = (one.replace('"', '""') for one in list(threes)[:_MOST_RUNS])
    return _joined([f'"{one}"' for one in said], " AND ")


def _threes(run: str) -> Iterator[str]:
    """Yield threes that hold all letters of a run, where it has so many; more of them cost more than they spare."""
    last = len(run) - _SHORTEST
    for at in range(0, last + _SHORTEST, _SHORTEST):
        if last >= 0:
            yield run[min(at, last) : min(at, last) + _SHORTEST]


def _joined(several: list[str], by: str) -> str | None:
    if len(several) < 2:  # noqa: PLR2004 - to be joined
        return several[0] if several else None
    return f"({by.join(several)})"
