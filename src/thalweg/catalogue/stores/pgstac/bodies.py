"""The documents of Items between their JSON and pgstac's ``content``, which leaves out what the Collection says.

An Item that comes back is equal to the one that went in, in the spelling of ``catalogue.canonical``.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from thalweg.catalogue.canonical import respelled, written

_KEPT_OUT = "𒍟※"
"""What pgstac writes for a member that the Collection has and the Item has not."""
_TAG = "pgstac:base_item"
_SHORT = 300
"""Digits of a number that is never beyond those of JSON's readers."""
_OUTSIDE = ("id", "geometry", "collection", "type")
Json = Any


@dataclass(frozen=True, slots=True)
class Told:
    """One value that a Collection tells of its Items, made ready to be compared with theirs.

    Attributes:
        sure: what is equal to it is spelled alike: 1, 1.0 and true are equal, and three.
        members: those of an object.
        places: the objects of a list, by place.
    """

    value: Json
    sure: bool
    members: Mapping[str, "Told"] | None = None
    places: tuple["Told | None", ...] = ()

    @classmethod
    def of(cls, value: Json) -> "Told":
        """Return a value made ready."""
        if isinstance(value, dict):
            members = {name: cls.of(one) for name, one in value.items()}
            return cls(value, _all_sure(members.values()), members)
        if isinstance(value, list):
            told = [cls.of(one) for one in value]
            places = tuple(one if one.members is not None else None for one in told)
            return cls(value, _all_sure(told), places=places)
        return cls(value, sure=not isinstance(value, int | float) or not float(value).is_integer())

    def says(self, value: Json) -> bool:
        """Tell whether an Item's value is the same."""
        if value != self.value:
            return False
        return self.sure or orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
            self.value, option=orjson.OPT_SORT_KEYS
        )


def _all_sure(told: Iterable[Told]) -> bool:
    return all(one.sure for one in told)


def dehydrated(document: Mapping[str, Json], base: Mapping[str, Told], tag: int | None) -> bytes:
    """Return ``content``: the document without what stands in columns and what the Collection says as well."""
    content = _without({name: value for name, value in document.items() if name not in _OUTSIDE}, base)
    for name in _OUTSIDE:
        content.pop(name, None)
    if tag is not None:
        content[_TAG] = tag
    return orjson.dumps(content)


def _without(value: Mapping[str, Json], base: Mapping[str, Told]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, one in value.items():
        told = base.get(name)
        if told is None:
            found[name] = one
        elif told.members is not None and isinstance(one, dict):
            if inner := _without(one, told.members):
                found[name] = inner
        elif not told.says(one):
            found[name] = _unlike(one, told)
    if not base.keys() <= value.keys():
        found.update({name: _KEPT_OUT for name in base if name not in value})
    return found


def _unlike(one: Json, told: Told) -> Json:
    if not isinstance(one, list) or len(one) != len(told.places):
        return one
    # The two are merged place by place.
    return [
        _without(a, known.members) if known is not None and known.members is not None and isinstance(a, dict) else a
        for a, known in zip(one, told.places, strict=True)
    ]


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


def parsed(raw: bytes) -> Json:
    """Read JSON of jsonb, which holds larger numbers than JSON's readers: one beyond all of them is told as null."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return json.loads(raw, parse_int=_number, parse_float=_number)


def spelled(raw: bytes) -> bytes:
    """Return a document of jsonb in its one spelling."""
    return written(respelled(raw, parsed(raw)))


def _number(spelled: str) -> int | float | None:
    found = orjson.loads(spelled) if len(spelled) < _SHORT else float(spelled)
    return found if math.isfinite(found) else None


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
