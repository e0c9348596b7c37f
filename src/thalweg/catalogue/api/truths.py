"""For each class of CQL2 a filter that is true of any Item with a given id, and one that is not."""

from collections.abc import Callable
from dataclasses import dataclass

_WORLD = "POLYGON((-180 -90, 180 -90, 180 90, -180 90, -180 -90))"


@dataclass(frozen=True, slots=True)
class Truth:
    """Two filters in CQL2 text, made of an Item's id; ``spatial`` ones need its geometry."""

    true: Callable[[str], str]
    false: Callable[[str], str]
    spatial: bool = False


def quoted(text: str) -> str:
    """Return a text as it stands between the quotes of a literal."""
    return text.replace("'", "''")


def _constant(true: str, false: str, *, spatial: bool = False) -> Truth:
    return Truth(lambda _: true, lambda _: false, spatial)


def _of_id(true: str, false: str) -> Truth:
    return Truth(lambda name: true.replace("$", quoted(name)), lambda name: false.replace("$", quoted(name)))


TRUTHS = {
    "cql2-text": _of_id("id = '$'", "id <> '$'"),
    "basic-cql2": _of_id("NOT (id <> '$') AND id IS NOT NULL", "id < '$' OR id > '$' OR id IS NULL"),
    "advanced-comparison-operators": _of_id(
        "id IN ('$') AND id BETWEEN '$' AND '$' AND id LIKE '%'", "id NOT IN ('$') OR id NOT LIKE '%'"
    ),
    "case-insensitive-comparison": Truth(
        lambda name: f"CASEI(id) = CASEI('{quoted(name.swapcase())}')",
        lambda name: f"CASEI(id) = CASEI('{quoted(name)}x')",
    ),
    "accent-insensitive-comparison": _of_id("ACCENTI(id) = ACCENTI('$')", "ACCENTI(id) = ACCENTI('$é')"),
    "basic-spatial-functions": _constant(
        "S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90))",
        "NOT S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90))",
        spatial=True,
    ),
    "basic-spatial-functions-plus": _constant(
        f"S_INTERSECTS(geometry, {_WORLD})", f"NOT S_INTERSECTS(geometry, {_WORLD})", spatial=True
    ),
    "spatial-functions": _constant(
        f"NOT S_DISJOINT(geometry, {_WORLD})", f"S_DISJOINT(geometry, {_WORLD})", spatial=True
    ),
    "temporal-functions": _constant(
        "T_AFTER(datetime, TIMESTAMP('1000-01-01T00:00:00Z'))", "T_BEFORE(datetime, TIMESTAMP('1000-01-01T00:00:00Z'))"
    ),
    "array-functions": _constant("A_OVERLAPS(('a','b'),('b','c'))", "A_EQUALS(('a','b'),('b','c'))"),
    "property-property": _constant("id = id", "id <> id"),
    "functions": _of_id("lower(id) = lower('$')", "upper(id) = lower('$x')"),
    "arithmetic": Truth(
        lambda name: f"length(id) + 1 = {len(name)} + 1", lambda name: f"length(id) * 2 = {len(name)} * 2 + 1"
    ),
}
