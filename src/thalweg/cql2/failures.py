"""What the parser of CQL2 text says, in words for the person who wrote the text."""

import re

_PLACE = re.compile(r"-->\s*(\d+):(\d+)")
_SHOWN = 24
_EXPECTED = {
    "EOI": "the end",
    "Expr": "an expression",
    "NotFlag": "NOT",
    "And": "AND",
    "Or": "OR",
    "Eq": "=",
    "NotEq": "<>",
    "IsNullPostfix": "IS NULL",
}
_MOST_NAMED = 6


def unreadable(text: str, said: str) -> str:
    """Return why a text cannot be read, with the place where reading stopped."""
    place = _PLACE.search(said)
    if place is None:
        return "is not CQL2 text"
    line, column = int(place[1]), int(place[2])
    lines = text.split("\n")
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    near = f"before {rest[:_SHOWN]!r}" if rest.strip() else "where it ends"
    return f"cannot be read at line {line}, character {column}, {near}{_wanted(said)}"


def _wanted(said: str) -> str:
    found = re.search(r"= expected (.+)", said)
    names = re.split(r", (?:or )?| or ", found[1]) if found else []
    if not names or len(names) > _MOST_NAMED:
        return ""
    return f"; expected {' or '.join(_EXPECTED.get(name.strip(), name.strip()) for name in names)}"
