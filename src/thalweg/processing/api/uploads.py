"""Application Packages as they are sent: CWL in YAML or JSON, or wrapped as an OGC application package."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from thalweg.core.errors import InvalidParameter, InvalidRequest, NotSupported

MEDIA = (
    "application/cwl+yaml",
    "application/cwl+json",
    "application/cwl",
    "application/ogcapppkg+json",
    "application/yaml",
    "application/x-yaml",
    "text/yaml",
    "application/json",
)
MOST_BYTES = 1_000_000
_UNIT = "executionUnit"


class _Plain(yaml.SafeLoader):
    """YAML without aliases: a kilobyte of them stands for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise InvalidRequest("the package uses YAML aliases; write what they stand for")
        return super().compose_node(parent, index)


# What looks like a date stays the text it is: CWL knows no dates.
_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def package_in(raw: bytes) -> Mapping[str, Any]:
    """Return the CWL document.

    Raises:
        InvalidRequest: it is neither YAML nor JSON, or no document.
        NotSupported: it only names an address.
    """
    try:
        written = json.dumps(yaml.load(raw, _Plain), allow_nan=False, ensure_ascii=False)  # noqa: S506 - a SafeLoader
        document = json.loads(written.encode())
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(f"the package is neither YAML nor JSON: {str(error)[:300]}") from error
    if not isinstance(document, dict):
        raise InvalidRequest("the package is not a document")
    return _unwrapped(document) if _UNIT in document else document


def _unwrapped(document: Mapping[str, Any]) -> Mapping[str, Any]:
    units = document[_UNIT]
    unit = units[0] if isinstance(units, list) and len(units) == 1 else units
    if isinstance(unit, Mapping) and "href" in unit:
        raise NotSupported(f"{_UNIT}/href: send the package itself, in {_UNIT}/unit")
    inner = unit.get("unit", unit.get("value", unit)) if isinstance(unit, Mapping) else unit
    if isinstance(inner, str):
        return package_in(inner.encode())
    if not isinstance(inner, Mapping):
        raise InvalidParameter(_UNIT, "holds one CWL document")
    return inner
