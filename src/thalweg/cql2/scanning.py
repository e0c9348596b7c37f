"""A look at a filter's text before the parser sees it: bounds that keep its stack, and escapes that it does not know.

The parser of the library is recursive and a stack that overflows kills the process. In a thread with 2 MB of stack it
has room for some hundred brackets and some hundred operators; `Bounds` stays well below both.
"""

import re

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.cql2.bounds import Bounds

EMPTY = "thalweg_empty_array"
"""The function that stands for ``()``, an empty array, which the library's grammar lacks."""
_TOKEN = re.compile(
    r"""(?P<string>'(?:[^'\\]|\\.|'')*')
      | (?P<name>"(?:[^"]|"")*")
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<word>[^\W\d][\w.:]*|:[\w.:]+)
      | (?P<open>[(\[])
      | (?P<close>[)\]])
      | (?P<comma>,)
      | (?P<sign><>|<=|>=|[-+*/%^=<>])
      | (?P<space>\s+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_SHAPES = frozenset(
    {
        "POINT",
        "LINESTRING",
        "POLYGON",
        "MULTIPOINT",
        "MULTILINESTRING",
        "MULTIPOLYGON",
        "GEOMETRYCOLLECTION",
        "BBOX",
    }
)
_NESTING = frozenset({"NOT", "DIV", "IS", "LIKE", "IN", "BETWEEN", "CASEI", "ACCENTI"})
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_CONTROLS = {"a": "\a", "b": "\b", "t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "\\": "\\", "'": "''"}


class Scan:
    """One pass over a text; ``written`` is what the parser may read."""

    def __init__(self, text: str, most: Bounds) -> None:
        self._most = most
        self._depth = self._operators = self._commas = 0
        self._shape: int | None = None
        self._before = ""
        self._opened_at = 0
        self._array = False
        self._out: list[str] = []
        for token in _TOKEN.finditer(text):
            kind = str(token.lastgroup)
            self._take(kind, token.group(), token.start())
            if kind != "space":
                self._before = kind

    @property
    def written(self) -> str:
        """The text with its strings as the library reads them."""
        return "".join(self._out)

    def _take(self, kind: str, text: str, at: int) -> None:
        match kind:
            case "open":
                self._opened(text)
            case "close":
                self._closed()
            case "comma" if self._shape is not None:
                self._commas += 1
                self._check("positions", self._commas, self._most.positions)
            case "word" | "sign":
                self._counted(kind, text)
            case "other":
                raise InvalidParameter("filter", f"{text!r} at character {at + 1} is no part of CQL2 text")
            case _:
                pass
        self._out.append(_respelled(kind, text))

    def _opened(self, text: str) -> None:
        self._depth += 1
        self._check("brackets in each other", self._depth, self._most.depth)
        self._array = text == "(" and self._before in {"open", "comma"}
        self._opened_at = len(self._out)

    def _closed(self) -> None:
        self._depth -= 1
        if self._before == "open" and self._array:
            self._out[self._opened_at] = f"{EMPTY}("
        if self._shape is not None and self._depth <= self._shape:
            self._shape = None

    def _counted(self, kind: str, text: str) -> None:
        if self._shape is not None:
            return
        if kind == "word" and text.upper() in _SHAPES:
            self._shape = self._depth
        elif kind == "sign" or text.upper() in _NESTING:
            self._operators += 1
            self._check("operators", self._operators, self._most.operators)

    def _check(self, what: str, count: int, most: int) -> None:
        if count > most:
            raise TooLarge(f"filter: more than {most} {what}")


def _respelled(kind: str, text: str) -> str:
    if kind == "string":
        return f"'{_ESCAPE.sub(_unescaped, text[1:-1])}'"
    if kind == "number" and text[0] == ".":
        return f"0{text}"
    return text


def _unescaped(escape: re.Match[str]) -> str:
    """Return what an escape means; one that CQL2 text does not know stays, for it may be LIKE's."""
    return escape.group() if escape[1] is None else _CONTROLS.get(escape[1], escape.group())
