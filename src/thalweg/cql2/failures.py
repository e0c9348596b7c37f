"""What the parser of CQL2 text says, in words for the person who wrote the text."""

import re
from difflib import get_close_matches

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
_QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"")
_BARE = re.compile(r"(?<![\w.-])([0-9]{4}-[0-9]{2}-[0-9]{2})([T ][0-9:.]+(?:Z|[+-][0-9:]+)?)?(?![\w-])")
_WORD = re.compile(r"[A-Za-z]{2,16}")
_WORDS = ("AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL")


def unreadable(text: str, said: str) -> str:
    """Return why a text cannot be read, with the place where reading stopped."""
    place = _PLACE.search(said)
    if place is None:
        return "is not CQL2 text"
    line, column = int(place[1]), int(place[2])
    lines = text.split("\n")
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    near = f"before {rest[:_SHOWN]!r}" if rest.strip() else "where it ends"
    return f"cannot be read at line {line}, character {column}, {near}{_wanted(said)}{_meant(rest)}"


def _wanted(said: str) -> str:
    found = re.search(r"= expected (.+)", said)
    names = re.split(r", (?:or )?| or ", found[1]) if found else []
    if not names or len(names) > _MOST_NAMED:
        return ""
    return f"; expected {' or '.join(_EXPECTED.get(name.strip(), name.strip()) for name in names)}"


def advice(text: str) -> str:
    """Return what is most likely to be done about a text that is no filter; nothing where nobody could tell."""
    if text.lstrip().startswith("{"):
        return "; this looks like JSON: say filter-lang=cql2-json"
    bare = _BARE.search(_QUOTED.sub("''", text))
    if bare is None:
        return ""
    day, hour = bare.groups()
    written = f"TIMESTAMP('{day}T{hour[1:].rstrip('Z')}Z')" if hour and hour[-1] in "Z0123456789" else f"DATE('{day}')"
    return f"; a time is written {written}"


def _meant(rest: str) -> str:
    """Return what the word where reading stopped was most likely meant for."""
    if rest.startswith("="):
        return "; equal is written ="
    match = _WORD.match(rest)
    word = match[0].upper() if match else ""
    near = get_close_matches(word, _WORDS, 1, 0.6)
    return f"; did you mean {near[0]}?" if near and near[0] != word else ""
