"""A search of CSW as one of OGC API Records (20-004r1), and its answer as records of CSW.

It is asked for the first page alone, and asks nobody in turn. Of filters it is told those over the members that the
standard names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import orjson

from thalweg.catalogue.api.csw.searching import Elsewhere
from thalweg.catalogue.api.csw.showing import fragment
from thalweg.catalogue.filters.terms import ANY_TEXT, RECORD_ID
from thalweg.catalogue.records.readers import geojson
from thalweg.core.errors import InvalidParameter, NotSupported, ThalwegError, Unavailable
from thalweg.core.expressions import SOME, Operation, parts, properties_of
from thalweg.core.texts import AnyOf, Phrase
from thalweg.core.time import written
from thalweg.cql2.writing import to_text
from thalweg.guard.questions import Question

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from thalweg.catalogue.api.csw.requests import Constraint, GetRecords
    from thalweg.core.expressions import Expression
    from thalweg.core.texts import Text
    from thalweg.core.time import Interval

_MEMBERS = frozenset({"id", "type", "title", "description", "created", "updated", "license", "geometry"})
_OURS = frozenset({SOME, ANY_TEXT, RECORD_ID})
_MOST = 1000
_JSON = {"accept": "application/geo+json, application/json;q=0.9"}


def question_of(url: str, asked: GetRecords) -> Question:
    """Return what the collection at an address is asked.

    Raises:
        NotSupported: it cannot be asked all of it.
    """
    return Question(f"{url}/items?{urlencode(list(_pairs(asked)))}", headers=_JSON)


def _pairs(asked: GetRecords) -> Iterator[tuple[str, str]]:
    if asked.start > 1:
        raise NotSupported("OGC API Records has no page that begins at a number")
    yield "limit", str(_limit(asked))
    yield from _narrowing(asked.constraint)
    if asked.sort:
        yield "sortby", ",".join(f"{'-' if one.descending else '+'}{_member(one.name)}" for one in asked.sort)


def _narrowing(constraint: Constraint) -> Iterator[tuple[str, str]]:
    if constraint.text is not None:
        yield "q", _words(constraint.text)
    if constraint.bbox is not None:
        yield "bbox", ",".join(map(repr, constraint.bbox.numbers()))
    if constraint.interval is not None:
        yield "datetime", _interval(constraint.interval)
    if constraint.ids:
        yield "ids", ",".join(map(_listed, constraint.ids))
    if constraint.filter is not None:
        yield "filter", _filter(constraint.filter)
        yield "filter-lang", "cql2-text"


def _limit(asked: GetRecords) -> int:
    if _is_hits(asked):
        return 1
    return _MOST if asked.most is None else min(asked.most, _MOST)


def _is_hits(asked: GetRecords) -> bool:
    return asked.result_type == "hits" or asked.most == 0


def _words(text: Text) -> str:
    """Return words as ``q`` has them: any of its terms, each of words that stand together."""
    phrases = [one for one in (text.of if isinstance(text, AnyOf) else (text,)) if isinstance(one, Phrase)]
    if len(phrases) != (len(text.of) if isinstance(text, AnyOf) else 1):
        raise NotSupported("q of OGC API Records joins words by OR alone")
    return ",".join(" ".join(one.words) for one in phrases)


def _interval(interval: Interval) -> str:
    start, end = (".." if at is None else written(at) for at in (interval.start, interval.end))
    return start if start == end else f"{start}/{end}"


def _listed(record_id: str) -> str:
    if "," in record_id:
        raise NotSupported("an id with a comma cannot be said to OGC API Records")
    return record_id


def _member(name: str) -> str:
    if name not in _MEMBERS:
        raise NotSupported(f"OGC API Records names no member for {name[:64]!r}")
    return name


def _filter(expression: Expression) -> str:
    for one in parts(expression):
        if isinstance(one, Operation) and one.op in _OURS:
            raise NotSupported("values of a list cannot be asked for in CQL2")
    for name in properties_of(expression):
        _member(name)
    return to_text(expression)


def read_features(url: str, content: bytes, asked: GetRecords) -> Elsewhere:
    """Read the answer of a catalogue, as records of the schema that is asked for.

    Raises:
        Unavailable: it is no list of Records.
    """
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise Unavailable(f"{url} answers with JSON that is broken or cut short") from error
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, list):
        raise Unavailable(f"{url} answers with no list of Records")
    shown = () if _is_hits(asked) else tuple(_shown(url, one, asked) for one in features)
    matched = read.get("numberMatched")
    known = matched if isinstance(matched, int) and matched >= 0 else len(features)
    return Elsewhere(url, known, shown)


def _shown(url: str, feature: Mapping[str, object], asked: GetRecords) -> bytes:
    try:
        return fragment(geojson.record_of(feature), asked.view)
    except (InvalidParameter, AttributeError, TypeError, ValueError) as error:
        why = str(error) if isinstance(error, ThalwegError) else type(error).__name__
        raise Unavailable(f"{url} answers with a Record that cannot be read: {why}") from error
