"""The vendored JSON Schemas of STAC: compiled when first needed, once, and never fetched."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import jsonschema_rs

from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Document

_CORE = {
    "Feature": "https://schemas.stacspec.org/v{}/item-spec/json-schema/item.json",
    "Collection": "https://schemas.stacspec.org/v{}/collection-spec/json-schema/collection.json",
}
VERSIONS = ("1.0.0", "1.1.0")
_LONGEST = 200


def check(document: Document) -> None:
    """Check an Item or a Collection against the core schema of its version and the extensions that are vendored.

    Raises:
        InvalidParameter: the first member that breaks a rule, the most specific where several rules say so.
    """
    version = document.get("stac_version")
    if version not in VERSIONS:
        raise InvalidParameter("stac_version", f"must be one of {', '.join(VERSIONS)}")
    _check(_CORE[document["type"]].format(version), document)
    for extension in document.get("stac_extensions", ()):
        if extension in extensions():
            _check(extension, document)


def extensions() -> frozenset[str]:
    """Return the addresses of the extensions that Items and Collections are checked against."""
    return _extensions()


@cache
def _extensions() -> frozenset[str]:
    return frozenset(address for address in _resources() if address.startswith("https://stac-extensions."))


def _check(address: str, document: Document) -> None:
    validator = _compiled(address)
    if validator.is_valid(document):
        return
    wrong = max(_innermost(validator.iter_errors(document)), key=lambda error: len(error.instance_path))
    missing = getattr(wrong.kind, "property", None) if wrong.kind.name == "required" else None
    if isinstance(missing, str):
        raise InvalidParameter(_member([*wrong.instance_path, missing]), "is required")
    raise InvalidParameter(_member(wrong.instance_path), _readable(wrong))


def _innermost(errors: Iterator[jsonschema_rs.ValidationError]) -> Iterator[jsonschema_rs.ValidationError]:
    """Yield the errors a person can mend: those inside the alternatives, not that no alternative fits."""
    for error in errors:
        branches: list[list[jsonschema_rs.ValidationError]] | None = getattr(error.kind, "context", None)
        if not branches:
            yield error
            continue
        # The branch that fails the deepest in the document is the one that its writer meant.
        deepest: list[jsonschema_rs.ValidationError] = max(branches, key=_depth)
        yield from _innermost(iter(deepest))


def _depth(branch: list[jsonschema_rs.ValidationError]) -> int:
    return max((len(error.instance_path) for error in branch), default=0)


def _member(path: list[str | int]) -> str:
    return ".".join(str(part)[:64] for part in path) or "document"


def _readable(error: jsonschema_rs.ValidationError) -> str:
    return error.message if len(error.message) <= _LONGEST else f"…{error.message[-_LONGEST:]}"


@cache
def _compiled(address: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft7Validator({"$ref": address}, registry=_registry(), validate_formats=True)


@cache
def _registry() -> jsonschema_rs.Registry:
    # Draft 7 names itself by http, without an ending.
    meta = ("http://json-schema.org/draft-07/schema", _resources()["https://json-schema.org/draft-07/schema.json"])
    return jsonschema_rs.Registry([*_resources().items(), meta])


@cache
def _resources() -> Mapping[str, Any]:
    """Return the schemas by address: a file's folder and name are its address without ``https://``."""
    root = files("thalweg.catalogue").joinpath("schemas")
    return {f"https://{name}": json.loads(file.read_bytes()) for name, file in _walk(root, "")}


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for child in folder.iterdir():
        if child.is_dir():
            yield from _walk(child, f"{prefix}{child.name}/")
        elif child.name.endswith(".json"):
            yield f"{prefix}{child.name}", child
