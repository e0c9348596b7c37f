"""What a JSON Schema found wrong, in words that a person can act on."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jsonschema_rs

Error = jsonschema_rs.ValidationError
_LONGEST, _SHOWN, _MOST_NAMED = 200, 60, 8
_PART = 64
_KINDS = {"null": "null", "array": "an array", "object": "an object", "integer": "a whole number"}


def innermost(errors: Iterable[Error]) -> Iterator[Error]:
    """Yield the errors a person can mend: those inside the alternatives, not that no alternative fits."""
    for error in errors:
        branches: list[list[Error]] | None = getattr(error.kind, "context", None)
        if not branches or _wanting(branches):
            yield error
        else:
            yield from innermost(_meant(branches))


def _meant(branches: list[list[Error]]) -> list[Error]:
    """Return the branch that the writer meant: of the document's own type, else the one that fails the deepest."""
    of_type = [branch for branch in branches if not any(_is_of_another_type(error) for error in branch)]
    return max(of_type or branches, key=_depth)


def _is_of_another_type(error: Error) -> bool:
    return error.instance_path == ["type"] and error.kind.name == "const"


def _depth(branch: list[Error]) -> int:
    return max((len(error.instance_path) for error in branch), default=0)


def _wanting(branches: list[list[Error]]) -> list[str]:
    """Return the members of which one is wanted, where that is what all the alternatives say."""
    if len(branches) < 2 or any(len(branch) != 1 or branch[0].kind.name != "required" for branch in branches):  # noqa: PLR2004
        return []
    if len({tuple(branch[0].instance_path) for branch in branches}) > 1:
        return []
    return [str(getattr(branch[0].kind, "property", "")) for branch in branches]


def member(path: Iterable[str | int]) -> str:
    """Return a path as it is told: ``assets.data.href``."""
    return ".".join(str(part)[:_PART] for part in path) or "document"


def place(error: Error) -> str:
    """Return the member that is wrong or missing."""
    missing = getattr(error.kind, "property", None) if error.kind.name == "required" else None
    return member([*error.instance_path, missing] if isinstance(missing, str) else error.instance_path)


def words(error: Error) -> str:
    """Return what is wrong, without the member's name; not longer than a person reads."""
    said = _WORDS.get(error.kind.name, _as_it_is)(error)
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def _as_it_is(error: Error) -> str:
    message = error.message
    return message if len(message) <= _LONGEST else f"…{message[1 - _LONGEST :]}"


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON
    if isinstance(value, dict | list):
        return f"this {'object' if isinstance(value, dict) else 'array'} of {len(value)}"
    if isinstance(value, str) and len(value) > _SHOWN:
        return f'"{value[:_SHOWN]}…"'
    return json.dumps(value, ensure_ascii=False)[:_LONGEST]


def _listed(values: Iterable[Any]) -> str:
    shown = [_shown(value) for value in values]
    more = f" and {len(shown) - _MOST_NAMED} more" if len(shown) > _MOST_NAMED else ""
    return ", ".join(shown[:_MOST_NAMED]) + more


def _type(error: Error) -> str:
    kinds = [_KINDS.get(kind, f"a {kind}") for kind in getattr(error.kind, "types", ())]
    return f"{_shown(error.instance)} is not {' or '.join(kinds)}"


def _missing(_: Error) -> str:
    return "is required"


def _option(error: Error) -> str:
    return f"{_shown(error.instance)} is not one of {_listed(getattr(error.kind, 'options', ()))}"


def _constant(error: Error) -> str:
    return f"{_shown(error.instance)} is not {_shown(getattr(error.kind, 'expected_value', None))}"


def _unexpected(error: Error) -> str:
    return f"has members that are not defined here: {_listed(getattr(error.kind, 'unexpected', ()))}"


def _form(error: Error) -> str:
    return f"{_shown(error.instance)} is not written as {getattr(error.kind, 'format', 'asked for')}"


def _pattern(error: Error) -> str:
    return f"{_shown(error.instance)} does not match {getattr(error.kind, 'pattern', 'the pattern')}"


def _forbidden(_: Error) -> str:
    return "is not allowed here"


def _alternatives(error: Error) -> str:
    wanted = _wanting(getattr(error.kind, "context", []))
    return f"needs one of {', '.join(dict.fromkeys(wanted))}" if wanted else "fits none of the forms it may have"


def _contained(_: Error) -> str:
    return "has no entry of the kind that must be there"


_WORDS: dict[str, Callable[[Error], str]] = {
    "type": _type,
    "required": _missing,
    "enum": _option,
    "const": _constant,
    "additionalProperties": _unexpected,
    "format": _form,
    "pattern": _pattern,
    "falseSchema": _forbidden,
    "not": _forbidden,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
    "contains": _contained,
}
