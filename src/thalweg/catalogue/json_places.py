"""Where in a text of JSON a member stands, so that a person finds it by line and column."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text, both counted from 1; columns are characters."""

    line: int
    column: int


@dataclass(slots=True)
class _Level:
    """An object or an array that is not closed yet."""

    path: str
    names: set[str] | None
    index: int = 0
    name: str | None = None

    def inside(self) -> str:
        part = self.name if self.names is not None else str(self.index)
        return f"{self.path}.{part}" if self.path else str(part)

    def named(self, token: bytes) -> bool:
        """Take a member's name and tell whether the object has one of it already."""
        self.name = str(json.loads(token))
        assert self.names is not None  # noqa: S101 - only objects are named
        twice = self.name in self.names
        self.names.add(self.name)
        return twice

    def next(self) -> None:
        self.index += 1
        self.name = None


def places(text: bytes, wanted: Collection[str]) -> dict[str, Place]:
    """Return where the members of these paths stand in a JSON text, each ``assets.data.href``, the whole ``""``.

    Of a member that is not there, its nearest parent's place is told.
    """
    asked = {path: [path, *_parents(path)] for path in wanted}
    sought = {name for names in asked.values() for name in names}
    found: dict[str, int] = {}
    for path, start, _ in _members(text):
        if path in sought:
            found.setdefault(path, start)
    starts = {path: next((found[name] for name in names if name in found), 0) for path, names in asked.items()}
    return {path: _place(text, start) for path, start in starts.items()}


def repeated(text: bytes) -> list[str]:
    """Return the paths of the members that an object names twice, of which JSON readers keep the last."""
    return list(dict.fromkeys(path for path, _, twice in _members(text) if twice))


def _parents(path: str) -> Iterator[str]:
    while "." in path:
        path = path.rpartition(".")[0]
        yield path
    if path:
        yield ""


def _members(text: bytes) -> Iterator[tuple[str, int, bool]]:
    """Yield each value's path, its first byte, and whether its name was there before; the text is known to be JSON."""
    levels: list[_Level] = []
    twice = False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in b"}]":
            levels.pop()
        elif token == b",":
            levels[-1].next()
        elif token == b":":
            continue
        elif levels and levels[-1].names is not None and levels[-1].name is None:
            twice = levels[-1].named(token)
        else:
            path = levels[-1].inside() if levels else ""
            yield path, match.start(), twice
            twice = False
            if token in b"{[":
                levels.append(_Level(path, set() if token == b"{" else None))


def _place(text: bytes, start: int) -> Place:
    begins = text.rfind(b"\n", 0, start) + 1
    return Place(text.count(b"\n", 0, start) + 1, len(text[begins:start].decode(errors="replace")) + 1)
