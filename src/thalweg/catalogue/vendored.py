"""The JSON Schemas that the catalogue carries: compiled when first needed, once, and never fetched."""

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

_ROOT = "https://schemas.stacspec.org/v{}/{}-spec/json-schema/{}.json"
_CORE = {"Feature": ("item", "item"), "Collection": ("collection", "collection"), "Catalog": ("catalog", "catalog")}
VERSIONS = ("1.0.0", "1.1.0")
_EXTENSION = re.compile(
    r"https://(?:stac-extensions\.github\.io|landsat\.usgs\.gov/stac)/([\w-]+)/v([\w.-]+)/schema\.json"
)
_CORE_VERSION = re.compile(r"https://schemas\.stacspec\.org/v([\d.]+)/")
_META = "http://json-schema.org/draft-07/schema"
"""Draft 7 names itself by http, without an ending."""


def core(kind: str, version: str) -> str:
    """Return the address of the core schema of a Feature, a Collection or a Catalog."""
    return _ROOT.format(version, *_CORE[kind])


@cache
def manifest() -> tuple[Mapping[str, str], ...]:
    """Return what is known of each schema: its address, version, SHA-256, licence and the package it was taken from."""
    return tuple(json.loads(_file("MANIFEST.json"))["schemas"])


@cache
def extensions() -> frozenset[str]:
    """Return the addresses of the extensions that Items and Collections are checked against."""
    return frozenset(entry["address"] for entry in manifest() if _EXTENSION.fullmatch(entry["address"]))


def name_of(address: str) -> str:
    """Return what people call a schema: ``eo 1.1.0``, ``STAC 1.1.0``."""
    if match := _EXTENSION.fullmatch(address):
        return f"{match[1]} {match[2]}"
    match = _CORE_VERSION.match(address)
    return f"STAC {match[1]}" if match else address[:100]


@lru_cache(maxsize=256)
def compiled(*addresses: str) -> jsonschema_rs.Validator:
    """Return what checks a document against all these schemas at one go."""
    return checker({"allOf": [{"$ref": address} for address in addresses]})


def checker(schema: Any) -> jsonschema_rs.Validator:  # noqa: ANN401 - JSON
    """Return what checks by a schema that refers to those carried here."""
    return jsonschema_rs.Draft7Validator(schema, registry=_registry(), validate_formats=True, offline=True)


@cache
def schemas() -> Mapping[str, Any]:
    """Return all schemas by their addresses."""
    return {entry["address"]: json.loads(_file(entry["address"].removeprefix("https://"))) for entry in manifest()}


@cache
def _registry() -> jsonschema_rs.Registry:
    known = schemas()
    return jsonschema_rs.Registry([*known.items(), (_META, known["https://json-schema.org/draft-07/schema.json"])])


def _file(name: str) -> Any:  # noqa: ANN401 - bytes, as importlib says
    return files("thalweg.catalogue").joinpath("schemas", *name.split("/")).read_bytes()
