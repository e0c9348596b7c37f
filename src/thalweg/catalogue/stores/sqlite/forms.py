"""Documents as forms: what a Collection's Items all say is kept once, and of each Item what fills in the blanks.

A dictionary packs what Items have in common, but points at each piece of it again in every document, and at what an
Item says in all of its Assets, as the beginning of an address, at each place. What fills in is a third of that.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

import orjson

_BYTES = "latin-1"
"""Each byte is a character of it: a piece may end within a character of UTF-8."""
_BETWEEN = b"\x00"
"""Between two fillings: JSON has no such byte."""
GUARD = 32
"""So many bytes of what follows a blank tell where it ends."""


class _Step(NamedTuple):
    """How to come to the next new filling: over so many bytes and, so many times, fillings again, up to its guard."""

    fixed: int
    again: tuple[tuple[int, int], ...]
    guard: bytes


class Form:
    """A text with blanks.

    Args:
        pieces: the text before, between and behind the blanks.
        blanks: the number of what fills in each: by first place, what is said in several places under one number.
    """

    def __init__(self, pieces: Sequence[bytes], blanks: Sequence[int]) -> None:
        self.pieces, self.blanks = tuple(pieces), tuple(blanks)
        self._steps = tuple(_steps(pieces, blanks))
        self._parts = [b""] * (2 * len(pieces) - 1)
        self._parts[::2] = pieces
        # Of one number alone ``itemgetter`` would not return a tuple: slices do not ask for more.
        self._chosen = itemgetter(*blanks) if len(blanks) > 1 else itemgetter(slice(1))

    @classmethod
    def read(cls, written: bytes) -> "Form":
        """Return the form that ``written`` wrote."""
        pieces, blanks = orjson.loads(written)
        return cls([piece.encode(_BYTES) for piece in pieces], blanks)

    def written(self) -> bytes:
        """Return the form as bytes."""
        return orjson.dumps([[piece.decode(_BYTES) for piece in self.pieces], self.blanks])

    def text(self, fillings: bytes) -> bytes:
        """Return the document that was filled in."""
        parts = self._parts.copy()
        parts[1::2] = self._chosen(fillings.split(_BETWEEN))
        return b"".join(parts)

    def fillings(self, body: bytes) -> bytes | None:
        """Return what fills in the blanks so that the text is this document; nothing where nothing does."""
        found, end, find = list[bytes](), 0, body.find
        for fixed, again, guard in self._steps:
            start = end + fixed
            for number, times in again:
                start += times * len(found[number])
            end = find(guard, start)
            if end < 0:
                return None
            found.append(body[start:end])
        fillings = _BETWEEN.join(found)
        return fillings if fillings.count(_BETWEEN) == len(found) - 1 and self.text(fillings) == body else None


def _steps(pieces: Sequence[bytes], blanks: Sequence[int]) -> Iterator[_Step]:
    fixed, again, known = 0, Counter[int](), 0
    for piece, number, behind in zip(pieces, blanks, pieces[1:], strict=False):
        fixed += len(piece)
        if number < known:
            again[number] += 1
            continue
        yield _Step(fixed, tuple(again.items()), behind[:GUARD])
        fixed, again, known = 0, Counter(), known + 1
