"""JSON Schemas of a document cut where they read its assets."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from thalweg.catalogue.asset_texts import COUNTED
from thalweg.catalogue.vendored import schemas

Schema = Any
Level = tuple[dict[str, Schema], str]
"""A part of a schema that speaks of a thing itself, and the address of the document it stands in."""
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf"})
_ONE = frozenset({"not", "if", "then", "else"})
_SAID = frozenset({"title", "description", "$comment", "default", "examples", "$id", "$schema", "definitions"})
"""Members of a schema that ask for nothing."""
_ADDRESSES = frozenset({"iri", "iri-reference", "uri", "uri-reference"})
_COUNTING = frozenset({"minProperties", "maxProperties", "propertyNames"})
_GEOJSON = "https://geojson.org/schema"
_DEEPEST = 40


class _IndivisibleError(Exception):
    """A schema reads assets in a way that is not told apart."""


@dataclass(slots=True)
class Cut:
    """Schemas that were cut.

    Attributes:
        rest: asks the same of a document in which names stand for the assets: ``each0`` where every asset keeps the
            first of ``each``, ``together0`` where the assets together keep the first of ``together``.
        each: what is asked of an asset alone.
        together: what is asked of the assets otherwise.
        unread: members of an asset of which nothing is asked but that they are an address.
        counted: members of which nothing is asked but how many numbers they hold.
        of_properties: all that is asked of the properties.
        any_geometry: whether nothing is asked of the geometry but that it is one of GeoJSON.
    """

    rest: Schema = True
    each: list[Schema] = field(default_factory=list)
    together: list[Schema] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    of_properties: Sequence["Level"] = ()
    any_geometry: bool = False

    def asks_of_property(self, name: str) -> bool:
        """Tell whether it matters to the rest that the properties have such a member, and what it is.

        Of what is no plain ASCII, patterns are not read alike everywhere: it is said to matter.
        """
        plain = name.isascii() and name.isprintable()
        return not plain or not all(_passes_over(level, name) for level, _ in self.of_properties)


def cut(addresses: Sequence[str]) -> Cut | None:
    """Return schemas cut; nothing where they cannot be."""
    found = Cut()
    try:
        found.rest = {"allOf": [_of_document({"$ref": address}, address, found, 0) for address in addresses]}
        levels = [level for schema in found.each for level in _levels(schema, "", 0)]
        of_document = list(_levels(found.rest, "", 0))
        found.of_properties = list(_levels_of("properties", of_document))
        found.any_geometry = _takes_any_geometry(of_document)
    except (_IndivisibleError, KeyError):
        return None
    if _asks_only(levels, "href", _is_of_an_address):
        found.unread = ("href",)
    found.counted = tuple(name for name in COUNTED if _asks_only(levels, name, _is_of_numbers))
    return found


def _of_document(schema: Schema, base: str, found: Cut, depth: int) -> Schema:
    """Return a schema of a document, its places of assets cut."""
    schema, base = _resolved(schema, base, depth)
    if isinstance(schema, bool):
        return schema
    rest: dict[str, Schema] = {}
    for name, value in schema.items():
        if name in _SEVERAL:
            rest[name] = [_of_document(one, base, found, depth + 1) for one in value]
        elif name in _ONE:
            rest[name] = _of_document(value, base, found, depth + 1)
        elif name not in _SAID:
            rest[name] = _passing_by(name, value, base)
    if "assets" in schema.get("properties", {}):
        rest["properties"]["assets"] = _of_assets(schema["properties"]["assets"], base, found, depth + 1)
    return rest


def _passing_by(name: str, value: Schema, base: str) -> Schema:
    """Return what a schema says of an object, which must say nothing of the assets; ``properties`` are seen to."""
    passes = name in {"type", "required", "properties"}
    if name == "additionalProperties":
        passes = isinstance(value, bool)
    elif name == "dependencies":
        passes = all(isinstance(one, list) for one in value.values())
    elif name == "patternProperties":
        passes = all(_is_empty(one) or not re.search(pattern, "assets") for pattern, one in value.items())
    if not passes:
        raise _IndivisibleError
    return _absolute(value, base)


def _is_empty(schema: Schema) -> bool:
    return schema is True or (isinstance(schema, dict) and schema.keys() <= _SAID)


def _of_assets(schema: Schema, base: str, found: Cut, depth: int) -> Schema:
    """Return a schema of assets as one of the names that stand for them."""
    schema, base = _resolved(schema, base, depth)
    if isinstance(schema, bool):
        return schema
    asked = {name: value for name, value in schema.items() if name not in _SAID}
    if asked.get("type") == "object":
        del asked["type"]
    if not asked.keys() <= _SEVERAL | _ONE | {"additionalProperties"}:
        return _named("together", found.together, _absolute(schema, base))
    rest: dict[str, Schema] = {}
    for name, value in asked.items():
        if name in _SEVERAL:
            rest[name] = [_of_assets(one, base, found, depth + 1) for one in value]
        elif name in _ONE:
            rest[name] = _of_assets(value, base, found, depth + 1)
        else:
            rest |= _named("each", found.each, _absolute(value, base))
    return rest


def _named(kind: str, among: list[Schema], schema: Schema) -> Schema:
    if schema not in among:
        among.append(schema)
    return {"required": [f"{kind}{among.index(schema)}"]}


def _resolved(schema: Schema, base: str, depth: int) -> tuple[Schema, str]:
    """Follow a reference; beside one, draft 7 reads nothing."""
    while isinstance(schema, dict) and "$ref" in schema:
        address, pointer = urldefrag(urljoin(base, schema["$ref"]))
        schema, base = schemas()[address], address
        for name in filter(None, unquote(pointer).split("/")):
            schema = schema[name.replace("~1", "/").replace("~0", "~")]
        depth += 1
        if depth > _DEEPEST:
            raise _IndivisibleError
    if depth > _DEEPEST:
        raise _IndivisibleError
    return schema, base


def _absolute(schema: Schema, base: str) -> Schema:
    """Return a schema whose references name their documents."""
    if isinstance(schema, list):
        return [_absolute(one, base) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: urljoin(base, value) if name == "$ref" and isinstance(value, str) else _absolute(value, base)
        for name, value in schema.items()
    }


def _levels(schema: Schema, base: str, depth: int) -> Iterator[Level]:
    """Yield all parts of a schema that speak of the thing itself."""
    schema, base = _resolved(schema, base, depth)
    if isinstance(schema, bool):
        return
    if schema.keys() & {"const", "enum"}:
        raise _IndivisibleError
    yield schema, base
    several = [one for name in schema.keys() & _SEVERAL for one in schema[name]]
    single = [schema[name] for name in schema.keys() & _ONE]
    dependent = [one for one in schema.get("dependencies", {}).values() if isinstance(one, dict)]
    for one in (*several, *single, *dependent):
        yield from _levels(one, base, depth + 1)


def _levels_of(member: str, levels: Sequence[Level]) -> Iterator[Level]:
    """Yield all parts of a schema that speak of a member of the thing itself."""
    for level, base in levels:
        if member in level.get("properties", {}):
            yield from _levels(level["properties"][member], base, 0)


def _passes_over(level: dict[str, Schema], member: str) -> bool:
    """Tell whether a part of a schema says the same of a thing with a member and of one without."""
    dependencies = level.get("dependencies", {})
    named = [level.get("properties", ()), level.get("required", ()), dependencies]
    named.extend(one for one in dependencies.values() if isinstance(one, list))
    if level.keys() & _COUNTING or any(member in names for names in named):
        return False
    matching = [one for pattern, one in level.get("patternProperties", {}).items() if re.search(pattern, member)]
    return all(map(_is_empty, matching or [level.get("additionalProperties", True)]))


def _takes_any_geometry(levels: Sequence[Level]) -> bool:
    """Tell whether a document's schema asks of its geometry only what GeoJSON does: the same of each that is one."""
    usual = [
        {"type": "null"},
        schemas()[f"{_GEOJSON}/Geometry.json"],
        schemas()[f"{_GEOJSON}/Feature.json"]["properties"]["geometry"],
    ]
    asked = [
        _resolved(level["properties"]["geometry"], base, 0)[0]
        for level, base in levels
        if "geometry" in level.get("properties", {})
    ]
    elsewhere = any(
        re.search(pattern, "geometry") and not _is_empty(one)
        for level, _ in levels
        for pattern, one in level.get("patternProperties", {}).items()
    )
    return not elsewhere and all(one in usual for one in asked)


def _asks_only(levels: Sequence[Level], member: str, allowed: Callable[[Schema, str], bool]) -> bool:
    for level, base in levels:
        if member in level.get("properties", {}):
            if not allowed(level["properties"][member], base):
                return False
        elif not isinstance(level.get("additionalProperties", True), bool):
            return False
        for pattern, one in level.get("patternProperties", {}).items():
            if re.search(pattern, member) and not _is_empty(one):
                return False
    return True


def _asked(schema: Schema, base: str) -> tuple[dict[str, Schema] | None, str]:
    schema, base = _resolved(schema, base, 0)
    if isinstance(schema, bool):
        return None, base
    return {name: value for name, value in schema.items() if name not in _SAID}, base


def _is_of_an_address(schema: Schema, base: str) -> bool:
    asked, _ = _asked(schema, base)
    if asked is None or asked.get("format", "uri") not in _ADDRESSES or asked.get("minLength", 1) > 1:
        return False
    return asked.keys() <= {"type", "format", "minLength"} and asked.get("type", "string") == "string"


def _is_of_numbers(schema: Schema, base: str) -> bool:
    asked, base = _asked(schema, base)
    if asked is None:
        return False
    either = [one for name in asked.keys() & _SEVERAL for one in asked[name]]
    if asked.get("items", {"type": "number"}) != {"type": "number"} or not all(
        _is_of_numbers(one, base) for one in either
    ):
        return False
    return asked.keys() <= {"type", "minItems", "maxItems", "items", *_SEVERAL}
