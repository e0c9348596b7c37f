"""Items and filters made by hypothesis, so that a filter finds some Items and misses others.

``items()`` gives valid STAC Items of one small world of properties (`FIELDS`), ``filters()`` expressions over it: every
operator and function, nested. Both stores' queries and the library ``cql2`` are held against ``matches`` with them.

Left out on purpose, so that two right answers cannot differ:

* numbers beyond ±1e15, and integers that a double does not hold; what is not whole is a multiple of 1/8, or tiny;
* arithmetic more than two deep, and powers other than of small whole exponents: no result overflows;
* times finer than a millisecond (stores keep milliseconds), and years outside 1900 to 2100;
* NUL and halves of surrogate pairs, which no filter and no Item may hold;
* geometries that cross themselves, and coordinates off a grid of whole degrees: no touch hangs on the last bit;
* more than ``DEPTH`` operators within each other.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import shapely
from hypothesis import strategies as st

from thalweg.core.expressions import (
    ARITHMETIC,
    ARRAYS,
    CHARACTERS,
    COMPARISONS,
    SPATIAL,
    TEMPORAL,
    Array,
    Expression,
    Instant,
    Literal,
    Operation,
    Property,
    Shape,
    Span,
)
from thalweg.cql2.functions import FUNCTIONS

DEPTH = 4
STRINGS = ("title", "x:name", "eo:label")
NUMBERS = ("n", "eo:cloud_cover", "view:azimuth")
BOOLEANS = ("flag",)
TIMES = ("datetime", "start_datetime", "end_datetime", "updated")
ARRAY_OF_STRINGS, ARRAY_OF_NUMBERS = "tags", "codes"
WILD = "wild"
"""A property of any kind: each Item has another."""
MISSING = "not:there"
FIELDS = (*STRINGS, *NUMBERS, *BOOLEANS, *TIMES, ARRAY_OF_STRINGS, ARRAY_OF_NUMBERS, WILD, MISSING)
"""All properties; a store may declare them as queryables. ``id``, ``collection`` and ``geometry`` come on top."""
INTERVALS_ONLY = TEMPORAL - {"t_after", "t_before", "t_disjoint", "t_equals", "t_intersects"}
COLLECTIONS = ("made", "made-too")

_TOLD = (
    "", " ", "a", "A", "ab", "aB", "b", "Straße", "STRASSE", "été", "Été", "ete", "e\u0301te\u0301", "日本",
    "はじめ", "Ω",
    "100%", "100", "1_0", "a\\b", "a%b", "a_b", "it's", 'say "no"', "'; DROP TABLE item; --", "' OR '1'='1", "$1", ":n",
    "?", "null", "true", "1", "1.0", "\n", "\t", "\U0001f30a", "%s", "{}", "--", "/*", "x" * 200,
    "2020-01-01T00:00:00Z", "2020-01-01",
)  # fmt: skip
_PATTERNS = (
    "%", "_", "", "a%", "%b", "a_b", "a\\_b", "a\\%b", "%\\\\%", "\\%", "1_0%", "100\\%", "%'%", "%t_", "__", "%a%b%",
    "%é%", "st%", "ST%", "日_", "%;%", "\\",
)  # fmt: skip
_SUMS = (ARITHMETIC - {"^"}) | {"least", "greatest"}
_ROUNDINGS = frozenset({"abs", "ceil", "floor", "round", "sqrt"})
_PARTS_OF_TIME = frozenset({"year", "month", "day", "day_of_year", "hour"})
_DAYS = tuple(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=days) for days in (0, 1, 30, 31, 59, 60, 365, 366))
_INSTANT = timedelta(milliseconds=1)
_MOMENTS = (*_DAYS, *(at + _INSTANT for at in _DAYS), *(at - _INSTANT for at in _DAYS))
_ZONES = (UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=9, minutes=30)))


def strings() -> st.SearchStrategy[str]:
    """Strings that are told often, and any others."""
    anything = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
    return st.one_of(st.sampled_from(_TOLD), st.sampled_from(_TOLD[:12]), anything)


def numbers() -> st.SearchStrategy[int | float]:
    """Small numbers often, some halves, huge and tiny ones."""
    return st.one_of(
        st.integers(-5, 12),
        st.sampled_from((0, 0.5, 1.5, -1.5, 2.5, 10, 50, 99.875, 100)),
        st.sampled_from((10**15, -(10**15), 2**40, 1e-9, -1e-9, 1e-300)),
        st.integers(-(10**6), 10**6).map(lambda eighths: _plain(eighths / 8)),
    )


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def moments() -> st.SearchStrategy[datetime]:
    """Instants, often the same ones, to the millisecond."""
    any_of_them = st.datetimes(datetime(1900, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)).map(  # noqa: DTZ001
        lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
    )
    return st.one_of(st.sampled_from(_MOMENTS), st.sampled_from(_DAYS), any_of_them)


def times_as_text() -> st.SearchStrategy[str]:
    """RFC 3339 times, with offsets and fractions."""
    return st.builds(_time_as_text, moments(), st.sampled_from(_ZONES))


def _time_as_text(at: datetime, zone: timezone) -> str:
    text = at.astimezone(zone).isoformat(timespec="milliseconds" if at.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _whole(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


@st.composite
def shapes(draw: st.DrawFn) -> dict[str, Any]:
    """GeoJSON geometries on a grid of whole degrees: near each other, at the antimeridian, at the poles."""
    make = draw(st.sampled_from((_point, _point, _line, _box, _box, _box, _triangle, _holed, _points, _split)))
    return draw(make())  # type: ignore[no-untyped-call]


def _near() -> st.SearchStrategy[tuple[int, int]]:
    usual = st.tuples(_whole(-3, 8), _whole(-3, 8))
    edges = st.tuples(st.sampled_from((-180, 180, 179, -179)), st.sampled_from((-90, 0, 1, 90)))
    return st.one_of(usual, usual, usual, edges)


def _point() -> st.SearchStrategy[dict[str, Any]]:
    return _near().map(lambda at: {"type": "Point", "coordinates": list(at)})


@st.composite
def _line(draw: st.DrawFn) -> dict[str, Any]:
    west, south = draw(st.tuples(_whole(-3, 6), _whole(-3, 6)))
    east, north = west + draw(_whole(0, 4)), south + draw(_whole(1, 4))
    return {"type": "LineString", "coordinates": [[west, south], [east, north]]}


def _ring(west: int, south: int, east: int, north: int) -> list[list[int]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


@st.composite
def _corners(draw: st.DrawFn) -> tuple[int, int, int, int]:
    west, south = draw(st.tuples(_whole(-3, 6), _whole(-3, 6)))
    return west, south, west + draw(_whole(1, 5)), south + draw(_whole(1, 5))


def _box() -> st.SearchStrategy[dict[str, Any]]:
    return _corners().map(lambda corners: {"type": "Polygon", "coordinates": [_ring(*corners)]})


@st.composite
def _triangle(draw: st.DrawFn) -> dict[str, Any]:
    west, south, east, north = draw(_corners())
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [west, north], [west, south]]]}


@st.composite
def _holed(draw: st.DrawFn) -> dict[str, Any]:
    west, south, _, _ = draw(_corners())
    hole = _ring(west + 1, south + 1, west + 3, south + 3)[::-1]
    return {"type": "Polygon", "coordinates": [_ring(west, south, west + 4, south + 4), hole]}


def _points() -> st.SearchStrategy[dict[str, Any]]:
    return st.lists(st.tuples(_whole(-3, 8), _whole(-3, 8)), min_size=2, max_size=3, unique=True).map(
        lambda found: {"type": "MultiPoint", "coordinates": [list(one) for one in found]}
    )


@st.composite
def _split(draw: st.DrawFn) -> dict[str, Any]:
    """A box that crosses the antimeridian, in two, as GeoJSON wants it."""
    west, east = draw(_whole(170, 179)), draw(_whole(-179, -170))
    south = draw(_whole(-5, 5))
    north = south + draw(_whole(1, 5))
    return {
        "type": "MultiPolygon",
        "coordinates": [[_ring(west, south, 180, north)], [_ring(-180, south, east, north)]],
    }


def bbox_of(geometry: dict[str, Any]) -> list[float]:
    """Return the bbox that goes with a geometry of `shapes`."""
    west, south, east, north = shapely.from_geojson(orjson.dumps(geometry)).bounds
    if geometry["type"] == "MultiPolygon":
        one, other = (shapely.from_geojson(orjson.dumps({"type": "Polygon", "coordinates": part})).bounds
                      for part in geometry["coordinates"])  # fmt: skip
        return [one[0], south, other[2], north]
    return [west, south, east, north]


def any_value() -> st.SearchStrategy[Any]:
    """A value of JSON of any kind that a property may have."""
    return st.one_of(
        st.none(),
        strings(),
        numbers(),
        st.booleans(),
        times_as_text(),
        st.lists(strings(), max_size=3),
        st.just({"nested": 1}),
    )


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    """Valid STAC Items; a third of their properties are missing or null."""
    geometry = draw(shapes())
    properties: dict[str, Any] = draw(_when())
    for names, values in (
        (STRINGS, strings()),
        (NUMBERS, numbers()),
        (BOOLEANS, st.booleans()),
        (("updated",), times_as_text()),
        ((ARRAY_OF_STRINGS,), st.lists(strings(), max_size=4)),
        ((ARRAY_OF_NUMBERS,), st.lists(st.integers(-2, 5), max_size=4)),
        ((WILD,), any_value()),
    ):
        for name in names:
            there = draw(st.integers(0, 5))
            if there > 1:
                properties[name] = draw(values)
            elif there and name != "updated":
                properties[name] = None
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": draw(st.sampled_from(("a", "b", "item-1", "it's", "été", "x%y", "a_b"))),
        "collection": draw(st.sampled_from(COLLECTIONS)),
        "geometry": geometry,
        "bbox": bbox_of(geometry),
        "properties": properties,
        "links": [],
        "assets": {},
    }


@st.composite
def _when(draw: st.DrawFn) -> dict[str, Any]:
    """An instant, or null and a span; an instant may have a span too."""
    start, end = sorted((draw(moments()), draw(moments())))
    ends = {
        "start_datetime": _time_as_text(start, draw(st.sampled_from(_ZONES))),
        "end_datetime": _time_as_text(end, UTC),
    }
    match draw(st.integers(0, 3)):
        case 0:
            return {"datetime": None, **ends}
        case 1:
            return {"datetime": _time_as_text(start, UTC), **ends}
        case _:
            return {"datetime": draw(times_as_text())}


def _one_of(strategies: list[st.SearchStrategy[Expression]]) -> st.SearchStrategy[Expression]:
    """Choose among strategies alike: ``st.one_of`` prefers the ends of a long list, and flattens lists in lists."""
    chosen = st.randoms(use_true_random=False).map(lambda random: random.randrange(len(strategies)))
    return chosen.flatmap(lambda place: strategies[place])


def filters(without: frozenset[str] = frozenset()) -> st.SearchStrategy[Expression]:
    """Filters over `items`; operators and functions of ``without`` do not appear."""
    return _Maker(without).truths(DEPTH)


class _Maker:
    """Makes expressions of each kind to a depth."""

    def __init__(self, without: frozenset[str]) -> None:
        self._without = without

    def _of(self, names: frozenset[str] | tuple[str, ...]) -> list[str]:
        return sorted(frozenset(names) - self._without)

    def truths(self, depth: int) -> st.SearchStrategy[Expression]:
        """Predicates, joined by AND, OR and NOT."""
        simple = _one_of(self._predicates(depth))
        if depth <= 1:
            return simple
        inside = st.deferred(lambda: self.truths(depth - 1))
        joined = st.builds(
            lambda op, one: Operation(op, tuple(one)),
            st.sampled_from(("and", "or")),
            st.lists(inside, min_size=2, max_size=3),
        )
        return _one_of([simple, simple, simple, joined, joined, inside.map(lambda one: Operation("not", (one,)))])

    def _predicates(self, depth: int) -> list[st.SearchStrategy[Expression]]:
        made = {
            "in": self._ins(),
            "like": self._likes(),
            "between": self._betweens(depth),
            "isNull": st.sampled_from((*FIELDS, "id", "geometry")).map(
                lambda name: Operation("isNull", (Property(name),))
            ),
        }
        named = [strategy for name, strategy in made.items() if name not in self._without]
        grounds, arrays = self._grounds(), self._arrays()
        spatial = [self._pairs(frozenset({op}), grounds, grounds) for op in self._of(SPATIAL)]
        sets = [self._pairs(frozenset({op}), arrays, arrays) for op in self._of(ARRAYS)]
        compared = [self._comparisons(depth)] * 8 if self._of(COMPARISONS) else []
        plain = [st.sampled_from(BOOLEANS).map(Property), st.booleans().map(Literal)]
        return [*compared, *named, *named, *spatial, *sets, *self._temporals(), *plain]

    def _pairs(
        self, names: frozenset[str], one: st.SearchStrategy[Expression], other: st.SearchStrategy[Expression]
    ) -> st.SearchStrategy[Expression]:
        return st.builds(lambda op, a, b: Operation(op, (a, b)), st.sampled_from(self._of(names)), one, other)

    def _comparisons(self, depth: int) -> st.SearchStrategy[Expression]:
        kinds = (
            self.texts(depth),
            self.figures(2),
            self.instants(),
            st.one_of(st.sampled_from((*BOOLEANS, WILD)).map(Property), st.booleans().map(Literal)),
        )
        wild = st.sampled_from((WILD, MISSING)).map(Property)
        return st.one_of(
            *(self._pairs(COMPARISONS, kind, kind) for kind in kinds),
            *(self._pairs(COMPARISONS, wild, kind) for kind in kinds),
        )

    def texts(self, depth: int) -> st.SearchStrategy[Expression]:
        """Expressions that are strings."""
        simple = st.one_of(
            st.sampled_from((*STRINGS, *STRINGS, "id", "collection", WILD)).map(Property), strings().map(Literal)
        )
        if depth <= 1:
            return simple
        inside = st.deferred(lambda: self.texts(depth - 1))
        changes = self._of(CHARACTERS | {"lower", "upper", "trim"})
        found = [simple, simple]
        if changes:
            found.append(st.builds(lambda op, one: Operation(op, (one,)), st.sampled_from(changes), inside))
        if "concat" not in self._without:
            found.append(st.builds(lambda one, other: Operation("concat", (one, other)), inside, inside))
        return st.one_of(found)

    def figures(self, depth: int) -> st.SearchStrategy[Expression]:
        """Expressions that are numbers."""
        simple = st.one_of(st.sampled_from((*NUMBERS, *NUMBERS, WILD)).map(Property), numbers().map(Literal))
        if depth <= 0:
            return simple
        inside = st.deferred(lambda: self.figures(depth - 1))
        powers = st.sampled_from((0, 1, 2, 3, -1)).map(Literal)
        made = (
            (_SUMS, lambda names: self._pairs(names, inside, inside)),
            (frozenset("^"), lambda names: self._pairs(names, simple, powers)),
            (_ROUNDINGS, lambda names: self._calls(names, inside)),
            (frozenset({"length"}), lambda names: self._calls(names, self.texts(1))),
            (_PARTS_OF_TIME, lambda names: self._calls(names, self.instants())),
        )
        found = [make(names) for names, make in made if self._of(names)]
        return _one_of([simple, simple, *found])

    def _calls(self, names: frozenset[str], one: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        return st.builds(lambda name, only: Operation(name, (only,)), st.sampled_from(self._of(names)), one)

    def instants(self) -> st.SearchStrategy[Expression]:
        """Expressions that are instants."""
        return st.one_of(
            st.sampled_from((*TIMES[:3], *TIMES[:3], "updated", WILD)).map(Property),
            moments().map(Instant),
            st.sampled_from(_DAYS).map(lambda at: Instant(at, date=True)),
        )

    def spans(self) -> st.SearchStrategy[Expression]:
        """Intervals of literals, of properties, and open ones."""
        ordered = st.tuples(moments(), moments()).map(sorted)
        literal = st.builds(
            lambda ends, openness: Span(
                None if openness == "start" else Instant(ends[0]), None if openness == "end" else Instant(ends[1])
            ),
            ordered,
            st.sampled_from(("", "", "", "start", "end")),
        )
        ends = st.sampled_from((Property("start_datetime"), Property("end_datetime"), Property("updated"), None))
        return st.one_of(literal, literal, st.builds(Span, ends, ends))

    def _temporals(self) -> list[st.SearchStrategy[Expression]]:
        named = st.sampled_from((*TIMES[:3], "datetime", "datetime", WILD)).map(Property)
        spans = st.one_of(named, named, self.spans())
        any_time = st.one_of(spans, self.instants())
        both = [self._pairs(frozenset({op}), any_time, any_time) for op in self._of(TEMPORAL - INTERVALS_ONLY)]
        return [*both, *(self._pairs(frozenset({op}), spans, spans) for op in self._of(INTERVALS_ONLY))]

    def _grounds(self) -> st.SearchStrategy[Expression]:
        literal = shapes().map(lambda one: Shape(shapely.to_geojson(shapely.from_geojson(orjson.dumps(one)))))
        here = st.just(Property("geometry"))
        return st.one_of(here, here, literal)

    def _arrays(self) -> st.SearchStrategy[Expression]:
        words = st.lists(strings().map(Literal), max_size=4)
        codes = st.lists(st.integers(-2, 5).map(Literal), max_size=4)
        named = st.sampled_from((ARRAY_OF_STRINGS, ARRAY_OF_NUMBERS, WILD, MISSING)).map(Property)
        return st.one_of(named, named, st.one_of(words, codes).map(lambda found: Array(tuple(found))))

    def _ins(self) -> st.SearchStrategy[Expression]:
        def listed(
            one: st.SearchStrategy[Expression], literals: st.SearchStrategy[Expression]
        ) -> st.SearchStrategy[Expression]:
            lists = st.lists(literals, min_size=1, max_size=4)
            return st.builds(lambda left, found: Operation("in", (left, Array(tuple(found)))), one, lists)

        return st.one_of(
            listed(self.texts(2), strings().map(Literal)),
            listed(self.figures(1), numbers().map(Literal)),
            listed(self.instants(), moments().map(Instant)),
            listed(self.figures(0), st.sampled_from(NUMBERS).map(Property)),
        )

    def _likes(self) -> st.SearchStrategy[Expression]:
        pattern = st.one_of(st.sampled_from(_PATTERNS), strings()).map(Literal)
        changes = self._of(CHARACTERS)
        plain = st.builds(lambda text, like: Operation("like", (text, like)), self.texts(2), pattern)
        if not changes:
            return plain
        changed = st.builds(
            lambda op, text, like: Operation("like", (Operation(op, (text,)), Operation(op, (like,)))),
            st.sampled_from(changes),
            self.texts(1),
            pattern,
        )
        return st.one_of(plain, changed)

    def _betweens(self, depth: int) -> st.SearchStrategy[Expression]:
        def between(one: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
            return st.tuples(one, one, one).map(lambda three: Operation("between", three))

        return st.one_of(between(self.figures(1)), between(self.instants()), between(self.texts(min(depth, 2))))


assert set(FUNCTIONS) <= _SUMS | _ROUNDINGS | _PARTS_OF_TIME | {"lower", "upper", "trim", "length", "concat"}, (
    "a new function appears in no filter made here"
)
