"""What Items tell several times: the members of an array, or what stands at any depth of a value under some names."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from thalweg.catalogue.stores.sqlite.filters import Bound
from thalweg.catalogue.stores.sqlite.functions import Functions, OfDocument
from thalweg.catalogue.stores.sqlite.places import Place, short_of
from thalweg.cql2.lookups import values_in


def several(place: Place, functions: Functions, bound: Bound, keys: Sequence[str]) -> str:
    """Return the JSON of a property in SQL where it tells several values, else NULL."""
    opening = "'[', '{'" if keys else "'['"
    kept = f"(CASE WHEN substr({place.other}, 1, 1) IN ({opening}) THEN {place.other} END)"
    kept = "NULL" if place.q is None else kept
    if place.slow is None:
        return kept
    read = place.document.format(number=bound(functions.reading(_reader(short_of(place.name), bool(keys)))))
    return f"(CASE WHEN {place.slow} THEN {read} ELSE {kept} END)" if place.fast else read


def each_once(functions: Functions, bound: Bound, keys: Sequence[str], json: str) -> str:
    """Return an array in SQL of the values that some JSON tells, each once: what an Item says twice counts once."""
    named = frozenset[object](keys)

    def told(row: Sequence[Any]) -> str:
        value = orjson.loads(row[0])
        found = values_in(value, named) if named else (one for one in value if isinstance(one, str | int | float))
        # A truth value equals a number in Python, and is another value here.
        return orjson.dumps(list({(isinstance(one, bool), one): one for one in found}.values())).decode()

    return f"of_values({bound(functions.answering(told))}, {json})"


def _reader(name: str, within: bool) -> OfDocument:  # noqa: FBT001 - of one use
    kinds = (list, dict) if within else (list,)

    def read(document: Mapping[str, Any]) -> str | None:
        value = document["properties"].get(name)
        return orjson.dumps(value).decode() if isinstance(value, kinds) else None

    return read


TERMS = """
WITH told AS MATERIALIZED (SELECT {scalar} AS key, {several} AS several, count(*) AS n FROM {source} GROUP BY 1, 2)
SELECT key, sum(n) AS n FROM (
    SELECT key, n FROM told WHERE several IS NULL
    UNION ALL
    SELECT CASE one.type WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' ELSE one.value END, told.n
    FROM told, json_each({each_once}) AS one WHERE told.several IS NOT NULL
) GROUP BY key
"""
"""How many Items have each value; those that say the same are looked at once."""
