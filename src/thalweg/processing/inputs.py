"""What was given to a Process, held against its description."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.processes import Input, ProcessDescription

MOST_BYTES = 256 * 1024
_ITEM_HREF = re.compile(r"(?:^|/)collections/([^/?#]+)/items/([^/?#]+)/?$")
_ITEM = re.compile(r"([^/\s]+)/([^/\s]+)")


def validated(description: ProcessDescription, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with defaults in the place of what was not given.

    An Item is named ``{collection}/{item}``, or by a link to it: ``{"href": "…/collections/C/items/I"}``.

    Raises:
        InvalidParameter: one is missing, unknown or wrong; the parameter is ``inputs/NAME`` or a member below it.
        TooLarge: together they are larger than ``MOST_BYTES``.
    """
    if len(json.dumps(given)) > MOST_BYTES:
        raise TooLarge(f"inputs: more than {MOST_BYTES} bytes")
    for name in given:
        if name not in description.inputs:
            known = ", ".join(description.inputs)
            raise InvalidParameter(f"inputs/{name[:64]}", f"the Process has no such input; it has {known}")
    found = {name: _value(name, one, given) for name, one in description.inputs.items()}
    return {name: value for name, value in found.items() if value is not None}


def item_named(name: str, value: object) -> tuple[str, str]:
    """Return the Collection and the id of the Item that an input names."""
    match = _ITEM.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise InvalidParameter(f"inputs/{name}", "names an Item as {collection}/{item}")
    return match[1], match[2]


def _value(name: str, one: Input, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    value = _unwrapped(given.get(name), one)
    if value is None:
        if one.required:
            raise InvalidParameter(f"inputs/{name}", "is required")
        return one.schema.get("default")
    if one.is_item:
        item_named(name, value)
    for error in _validator(json.dumps(dict(one.schema))).iter_errors(value):
        below = "/".join(str(part) for part in error.instance_path)
        raise InvalidParameter(f"inputs/{name}{'/' + below if below else ''}", _allowed(one) or error.message[:400])
    return value


def _allowed(one: Input) -> str | None:
    """Say what a choice of schemas allows, in words; the validator only says that none of them holds."""
    choices = one.schema.get("oneOf") or one.schema.get("anyOf")
    return f"is {' or '.join(map(_choice, choices))}" if choices else None


def _choice(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return json.dumps(schema["const"])
    least, most = schema.get("minimum"), schema.get("maximum")
    between = f" from {least} to {most}" if least is not None and most is not None else ""
    return f"a {schema.get('type', 'value')}{between}"


def _unwrapped(value: Any, one: Input) -> Any:  # noqa: ANN401 - JSON
    """Take a value out of ``{"value": …}``, and an Item's name out of a link to it, as the standard allows."""
    if not isinstance(value, Mapping):
        return value
    if one.is_item and isinstance(value.get("href"), str):
        match = _ITEM_HREF.search(value["href"])
        return f"{match[1]}/{match[2]}" if match else value["href"]
    takes_objects = one.schema.get("type") == "object" and "value" in one.schema.get("properties", {})
    return value["value"] if set(value) <= {"value", "mediaType"} and "value" in value and not takes_objects else value


@lru_cache(maxsize=512)
def _validator(schema: str) -> Any:  # noqa: ANN401 - the library's validators share no class
    return jsonschema_rs.validator_for(json.loads(schema))
