"""The documents of Items between their JSON and pgstac's ``content``, which leaves out what the Collection says.

An Item that comes back is equal to the one that went in, in the spelling of ``catalogue.canonical``.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from thalweg.catalogue.canonical import written

_KEPT_OUT = "𒍟※"
"""What pgstac writes for a member that the Collection has and the Item has not."""
_TAG = "pgstac:base_item"
_OUTSIDE = ("id", "geometry", "collection", "type")
Json = Any


def dehydrated(document: Mapping[str, Json], base: Mapping[str, Json], tag: int | None) -> bytes:
    """Return ``content``: the document without what stands in columns and what the Collection says as well."""
    content = _without({name: value for name, value in document.items() if name not in _OUTSIDE}, base)
    for name in _OUTSIDE:
        content.pop(name, None)
    if tag is not None:
        content[_TAG] = tag
    return orjson.dumps(content)


def _without(value: Mapping[str, Json], base: Mapping[str, Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, one in value.items():
        known = base.get(name)
        if name not in base:
            found[name] = one
        elif isinstance(one, dict) and isinstance(known, dict):
            if inner := _without(one, known):
                found[name] = inner
        elif not _same(one, known):
            found[name] = _unlike(one, known)
    found.update({name: _KEPT_OUT for name in base if name not in value})
    return found


def _unlike(one: Json, known: Json) -> Json:
    if isinstance(one, list) and isinstance(known, list) and len(one) == len(known):
        # The two are merged place by place.
        return [
            _without(a, b) if isinstance(a, dict) and isinstance(b, dict) else a
            for a, b in zip(one, known, strict=True)
        ]
    return one


def _same(one: Json, other: Json) -> bool:
    """Tell whether two values are spelled alike: 1, 1.0 and true are three."""
    if isinstance(one, str | int | float | None):
        return type(one) is type(other) and bool(one == other)
    return bool(one == other) and orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
        other, option=orjson.OPT_SORT_KEYS
    )


def hydrated(content: Json, base: Json) -> Json:
    """Put back what the Collection says, in place; the base is not changed."""
    for name, known in base.items():
        if name not in content:
            content[name] = known
            continue
        one = content[name]
        if isinstance(one, dict) and isinstance(known, dict):
            hydrated(one, known)
        elif isinstance(one, list) and isinstance(known, list):
            _fill(one, known)
        elif one == _KEPT_OUT:
            del content[name]
    return content


def _fill(one: list[Json], known: list[Json]) -> None:
    if len(one) == len(known):
        for a, b in zip(one, known, strict=True):
            if isinstance(a, dict) and isinstance(b, dict):
                hydrated(a, b)


def tag_of(content: Mapping[str, Json]) -> int | None:
    """Return which of its Collection's bases an Item was dehydrated against."""
    found = content.get(_TAG)
    return found if isinstance(found, int) else None


def whole(item_id: str, collection: str, content: dict[str, Json], geometry: Json, base: Mapping[str, Json]) -> bytes:
    """Return an Item as this store writes it."""
    content.pop(_TAG, None)
    document = hydrated(content, {name: value for name, value in base.items() if name not in _OUTSIDE})
    document.update(id=item_id, collection=collection, type="Feature", geometry=geometry)
    return written(document)
