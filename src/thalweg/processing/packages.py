"""Application Packages: a CWL Workflow with its tools in one document, as OGC 20-089 has them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from thalweg.core.errors import InvalidParameter, NotSupported
from thalweg.core.processes import ITEM_FORMAT, Input, Output, ProcessDescription
from thalweg.core.workspaces import PUBLIC

_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?", re.IGNORECASE)
_PLAIN = {
    "string": {"type": "string"},
    "int": {"type": "integer"},
    "long": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "boolean": {"type": "boolean"},
}
_OUTSIDE = ("$import", "$include", "$mixin", "$schemas")
_MOST_DEPTH = 40
_ITEM_OUTPUT = {"oneOf": [{"type": "object", "properties": {"href": {"type": "string"}}}, {"type": "null"}]}

CATALOGUE = "Directory"
"""The CWL type of what is staged in and out: a folder with a ``catalog.json``."""


def described(document: Mapping[str, Any], workspace: str = PUBLIC) -> ProcessDescription:
    """Read what an Application Package says of itself; nothing is loaded from elsewhere.

    Raises:
        InvalidParameter: it is no CWL document with one Workflow; the parameter is the member.
        NotSupported: it refers to other documents, or asks for what is not here.
    """
    if not str(document.get("cwlVersion", "")).startswith("v1."):
        raise InvalidParameter("cwlVersion", "is v1.0, v1.1 or v1.2")
    _check_closed(document, _MOST_DEPTH)
    workflow = workflow_of(document)
    return ProcessDescription(
        id=_id(workflow, workspace),
        version=str(document.get("s:softwareVersion") or workflow.get("s:softwareVersion") or "1.0.0")[:100],
        title=_words(workflow.get("label") or workflow["id"])[:300],
        description=_words(workflow.get("doc", ""))[:10_000],
        inputs={name: _input(name, one) for name, one in _puts(workflow, "inputs")},
        outputs=dict(_output(name, one) for name, one in _puts(workflow, "outputs")),
        keywords=tuple(str(word)[:100] for word in _list(document.get("s:keywords"))[:50]),
    )


def workflow_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the package's one Workflow."""
    flows = _of_class(document, "Workflow")
    if len(flows) != 1 or not isinstance(flows[0].get("id"), str):
        raise InvalidParameter("$graph", "holds one Workflow with an id, beside its tools")
    if not _of_class(document, "CommandLineTool"):
        raise InvalidParameter("$graph", "holds at least one CommandLineTool")
    return flows[0]


def _of_class(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    parts = _list(document.get("$graph"))
    return [part for part in parts if isinstance(part, Mapping) and part.get("class") == name]


def requirements(document: object, member: str = "requirements") -> Iterator[str]:
    """Yield the classes of all requirements (or ``hints``) anywhere in the package."""
    if isinstance(document, Mapping):
        asked = document.get(member)
        if isinstance(asked, Mapping):
            yield from (str(name) for name in asked)
        elif isinstance(asked, list):
            yield from (str(one.get("class")) for one in asked if isinstance(one, Mapping))
        for part in document.values():
            yield from requirements(part, member)
    elif isinstance(document, list):
        for part in document:
            yield from requirements(part, member)


def _check_closed(part: object, depth: int) -> None:
    """A package is one document: what it includes would be read from our disk or fetched past the guard."""
    if depth == 0:
        raise InvalidParameter("$graph", f"is nested deeper than {_MOST_DEPTH}")
    if isinstance(part, list):
        for one in part:
            _check_closed(one, depth - 1)
    elif isinstance(part, Mapping):
        for name, one in part.items():
            if name in _OUTSIDE or (name == "run" and _is_elsewhere(one)):
                raise NotSupported(f"{name}: a package is one document; it refers to no other")
            _check_closed(one, depth - 1)


def _is_elsewhere(run: object) -> bool:
    return isinstance(run, str) and not run.startswith("#")


def _id(workflow: Mapping[str, Any], workspace: str) -> str:
    own = str(workflow["id"]).removeprefix("#")
    if not _ID.fullmatch(own):
        raise InvalidParameter("$graph/id", "1 to 100 of letters, digits, . _ and -")
    if workspace == PUBLIC:
        if "." in own:
            raise InvalidParameter("$graph/id", "what stands before a dot is a workspace; a public Process has none")
        return own
    return own if own.startswith(f"{workspace}.") else f"{workspace}.{own}"


def _puts(workflow: Mapping[str, Any], side: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    puts = workflow.get(side)
    if isinstance(puts, Mapping):
        yield from ((name, one if isinstance(one, Mapping) else {"type": one}) for name, one in puts.items())
    elif isinstance(puts, list):
        yield from ((str(one.get("id", "")).rpartition("#")[2].rpartition("/")[2], one) for one in puts)
    else:
        raise InvalidParameter(f"$graph/{side}", "is an object or an array")


def _input(name: str, one: Mapping[str, Any]) -> Input:
    kind, optional = _optional(one.get("type"))
    schema = {**_schema(name, kind), **({"default": one["default"]} if one.get("default") is not None else {})}
    title = _words(one.get("label") or name)
    return Input(title, schema, _words(one.get("doc", "")), required=not optional and "default" not in schema)


def _schema(name: str, kind: object) -> dict[str, Any]:
    if isinstance(kind, list):
        return {"oneOf": [_schema(name, one) for one in kind]}
    known = _of_word(name, kind) if isinstance(kind, str) else _of_object(name, kind)
    if known is None:
        raise NotSupported(f"$graph/inputs/{name}: an input of the type {str(kind)[:100]} cannot be staged in")
    return known


def _of_word(name: str, kind: str) -> dict[str, Any] | None:
    """Return the schema of a type that is written as a word, such as ``int`` or ``string[]``."""
    if kind == CATALOGUE:
        return {"type": "string", "format": ITEM_FORMAT}
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    return _many(_schema(name, kind[:-2])) if kind.endswith("[]") else None


def _of_object(name: str, kind: object) -> dict[str, Any] | None:
    """Return the schema of a type that is written out: an enum or an array."""
    written_as = kind.get("type") if isinstance(kind, Mapping) else None
    if not isinstance(kind, Mapping) or written_as not in ("enum", "array"):
        return None
    if written_as == "array":
        return _many(_schema(name, kind.get("items")))
    return {"type": "string", "enum": [str(symbol).rpartition("/")[2] for symbol in _list(kind.get("symbols"))]}


def _many(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": 1000}


def _optional(kind: object) -> tuple[object, bool]:
    if isinstance(kind, str) and kind.endswith("?"):
        return kind[:-1], True
    if isinstance(kind, list) and "null" in kind:
        rest = [one for one in kind if one != "null"]
        return (rest[0] if len(rest) == 1 else rest), True
    return kind, False


def _output(name: str, one: Mapping[str, Any]) -> tuple[str, Output]:
    kind, _ = _optional(one.get("type"))
    title = _words(one.get("label") or name)
    if kind == CATALOGUE:
        return "item", Output(title, _ITEM_OUTPUT, _words(one.get("doc", "")) or "The Item that was registered.")
    return name, Output(title, _schema(name, kind), _words(one.get("doc", "")))


def _words(told: object) -> str:
    return "\n".join(str(line) for line in told) if isinstance(told, list) else str(told)


def _list(told: object) -> list[Any]:
    return told if isinstance(told, list) else []
