"""The one spelling of all JSON documents that are equal: by value, whatever their members' order.

Members are sorted, ``links`` stand last. Numbers are equal by value and by whether they have a fraction written, as
PostgreSQL's jsonb keeps them: 1 and 1.0 are two, 1.0 and 1.00 are one, -0.0 is 0.0, and 1e16 is 10000000000000000.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson

Json = Any
_RESPELLED = re.compile(rb"[:,\[]-(?:0(?:\.0+)?[,\]}])|[:,\[]-?\d[\d.]*[eE]\+?\d")
"""Where a number may stand that jsonb writes otherwise: -0, and those with an exponent."""
_PERHAPS = tuple(re.compile(one) for one in (rb"e\+?\d", rb"E\+?\d", rb"-0(?:\.0+)?[,\]}]"))
"""What such a number has in it: each is looked for by its first letter, a fifth of the work."""
_LOWEST, _HIGHEST = 1e16, 2.0**63
"""Whole numbers between these have an exponent in JSON as it is written here, and none as jsonb writes it."""


def canonical(body: bytes) -> bytes:
    """Return a document in its one spelling."""
    return written(respelled(body, orjson.loads(body)))


def respelled(body: bytes, document: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return a document, given written and parsed, with its numbers as the one spelling has them."""
    perhaps = any(one.search(body) for one in _PERHAPS)
    return _respelled(document) if perhaps and _RESPELLED.search(body) else document


def written(document: Mapping[str, Json]) -> bytes:
    """Write a document, members sorted, its links last."""
    rest = {name: value for name, value in document.items() if name != "links"}
    links = orjson.dumps(document.get("links", []), option=orjson.OPT_SORT_KEYS)
    return b'%b,"links":%b}' % (orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)[:-1], links)


def digest(body: bytes) -> bytes:
    """Return the SHA-256 of a document that is in its one spelling."""
    return hashlib.sha256(body).digest()


def _respelled(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _respelled(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_respelled(one) for one in value]
    if isinstance(value, float):
        return int(value) if _LOWEST <= abs(value) < _HIGHEST and value.is_integer() else value + 0.0
    return value
