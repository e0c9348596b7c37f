"""Reads requests of SRU: which parameters each operation takes, and in which version it is answered (SRU 1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from thalweg.catalogue.api.moments import moment_in
from thalweg.catalogue.api.sru.diagnostics import (
    MISSING,
    OPERATION,
    PACKING,
    PARAMETER,
    SCAN_POSITION,
    STYLESHEET,
    VALUE,
    VERSION,
    XPATH,
    Diagnostic,
)
from thalweg.core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

Operation = Literal["explain", "searchRetrieve", "scan"]
Packing = Literal["xml", "string"]
VERSIONS = ("1.1", "1.2")
_NUMBER = re.compile(r"\d{1,3}\.\d{1,3}", re.ASCII)
_FARTHEST = 10_000_000
_GENERAL = frozenset({"operation", "version", "stylesheet"})
_TAKES: Mapping[Operation, frozenset[str]] = {
    "explain": _GENERAL | {"recordPacking"},
    "searchRetrieve": _GENERAL
    | {"query", "startRecord", "maximumRecords", "recordPacking", "recordSchema", "recordXPath", "resultSetTTL"}
    | {"sortKeys"},
    "scan": _GENERAL | {"scanClause", "responsePosition", "maximumTerms"},
}
_OPERATIONS: Mapping[str, Operation] = {one: one for one in _TAKES}
_PACKINGS: Mapping[str, Packing] = {"xml": "xml", "string": "string"}
_EXTRA = "x-"
AS_OF = "x-asOf"
"""The extra request data (SRU 1.2) by which a search, or a scan, is as of a time."""
_USUAL_RECORDS, _USUAL_TERMS, MOST_TERMS = 10, 20, 100


@dataclass(frozen=True, slots=True)
class Explain:
    """What is asked of the server itself."""

    version: str
    packing: Packing = "xml"


@dataclass(frozen=True, slots=True)
class SearchRetrieve:
    """A search; ``start`` counts from 1; ``sort_keys`` are of SRU 1.1; ``as_of`` is the moment, none for now."""

    version: str
    query: str
    start: int
    most: int
    packing: Packing
    schema: str | None
    sort_keys: str | None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """A look at the terms of an index; ``position`` is where the term stands in the answer, from 0 for before it."""

    version: str
    clause: str
    position: int
    most: int
    as_of: datetime | None = None


Request = Explain | SearchRetrieve | Scan


@dataclass(frozen=True, slots=True)
class Spoken:
    """In which words an answer is given, known before the request is understood."""

    operation: Operation
    version: str


def spoken(pairs: Sequence[tuple[str, str]]) -> Spoken:
    """Return how to answer whatever comes of a request."""
    given = dict(pairs)
    version = given.get("version", "")
    return Spoken(_OPERATIONS.get(given.get("operation", ""), "explain"), "1.1" if version == "1.1" else "1.2")


def read(pairs: Sequence[tuple[str, str]]) -> Request:
    """Read a request.

    Raises:
        Diagnostic: it is none that is answered.
    """
    given = {name: value for name, value in pairs if not name.startswith(_EXTRA)}
    if not given:
        return Explain("1.2")
    operation = _operation(given)
    version = _version(given)
    for name in given:
        if name not in _TAKES[operation] or (name == "sortKeys" and version != "1.1"):
            raise Diagnostic(PARAMETER, name[:64])
    if len({name for name, _ in pairs}) < len(pairs):
        raise Diagnostic(VALUE, "a parameter is given twice")
    if given.get("stylesheet"):
        raise Diagnostic(STYLESHEET)
    asked = _READERS[operation](given, version)
    return asked if isinstance(asked, Explain) else replace(asked, as_of=_moment(dict(pairs)))


def _moment(given: Mapping[str, str]) -> datetime | None:
    try:
        return moment_in(given.get(AS_OF) or None, AS_OF)
    except InvalidParameter as error:
        raise Diagnostic(VALUE, str(error)) from error


def _operation(given: Mapping[str, str]) -> Operation:
    if "operation" not in given:
        raise Diagnostic(MISSING, "operation")
    if given["operation"] not in _OPERATIONS:
        raise Diagnostic(OPERATION, given["operation"][:64])
    return _OPERATIONS[given["operation"]]


def _version(given: Mapping[str, str]) -> str:
    """Return the version of the answer: the highest that is spoken here and not above what is asked for."""
    asked = given.get("version")
    if asked is None:
        raise Diagnostic(MISSING, "version")
    if not _NUMBER.fullmatch(asked):
        raise Diagnostic(VERSION, VERSIONS[-1])
    wanted = tuple(map(int, asked.split(".")))
    able = [one for one in VERSIONS if tuple(map(int, one.split("."))) <= wanted]
    if not able:
        raise Diagnostic(VERSION, VERSIONS[-1])
    return able[-1]


def _explain(given: Mapping[str, str], version: str) -> Explain:
    return Explain(version, _packing(given))


def _packing(given: Mapping[str, str]) -> Packing:
    asked = given.get("recordPacking", "xml")
    if asked not in _PACKINGS:
        raise Diagnostic(PACKING, asked[:64])
    return _PACKINGS[asked]


def _search(given: Mapping[str, str], version: str) -> SearchRetrieve:
    if not given.get("query", "").strip():
        raise Diagnostic(MISSING, "query")
    if given.get("recordXPath"):
        raise Diagnostic(XPATH)
    _whole(given, "resultSetTTL", 0, 0)
    return SearchRetrieve(
        version=version,
        query=given["query"],
        start=_whole(given, "startRecord", 1, 1),
        most=_whole(given, "maximumRecords", _USUAL_RECORDS, 0),
        packing=_packing(given),
        schema=given.get("recordSchema") or None,
        sort_keys=given.get("sortKeys") or None,
    )


def _scan(given: Mapping[str, str], version: str) -> Scan:
    if not given.get("scanClause", "").strip():
        raise Diagnostic(MISSING, "scanClause")
    most = min(_whole(given, "maximumTerms", _USUAL_TERMS, 1), MOST_TERMS)
    position = _whole(given, "responsePosition", 1, 0)
    if position > most + 1:
        raise Diagnostic(SCAN_POSITION, str(position))
    return Scan(version, given["scanClause"], position, most)


def _whole(given: Mapping[str, str], name: str, usual: int, least: int) -> int:
    text = given.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(_FARTHEST)):
        raise Diagnostic(VALUE, name)
    found = int(text)
    if not least <= found <= _FARTHEST:
        raise Diagnostic(VALUE, name)
    return found


_READERS: Mapping[Operation, Callable[[Mapping[str, str], str], Request]] = {
    "explain": _explain,
    "searchRetrieve": _search,
    "scan": _scan,
}
