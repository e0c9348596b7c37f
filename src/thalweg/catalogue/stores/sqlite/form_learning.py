"""The form that most documents of a Collection have, learnt by laying them side by side."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from thalweg.catalogue.stores.sqlite.forms import GUARD, Form

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"|[^"]+')
"""A string with its quotes, or what stands between two."""
_WORDS = re.compile(rb"[0-9A-Za-z.+-]+|[^0-9A-Za-z.+-]+")
"""A word or a number, or what stands between two."""
_NEAR = 40
"""Two blanks so near to each other that nobody else fills in as well are one: packing is quicker than putting together,
and packs what stands between them to two or three bytes."""
_OFTEN = 2
"""Two blanks with the same between them so many times are one, as the beginning of the addresses of all Assets."""
_FEWEST = 2
_MOST_BLANKS = 2_000
"""Documents of which more differs, as outlines of many positions do, are learnt slowly and gain little."""
Column = tuple[bytes, ...]
"""What stands at one place of several documents."""
_Pair = tuple[Column, bytes, Column]


def form_of(documents: Sequence[bytes]) -> Form | None:
    """Return the form of most of some documents; nothing where they have none in common."""
    alike = _alike(_STRINGS.findall(one) for one in documents)
    if len(alike) < _FEWEST:
        return None
    pieces, columns = _laid(chain.from_iterable(map(_divided, zip(*alike, strict=True))))
    if len(columns) > _MOST_BLANKS:
        return None
    _join_said_again(pieces, columns)
    pieces, columns = _joined(pieces, columns)
    numbers: dict[Column, int] = {}
    blanks = [numbers.setdefault(column, len(numbers)) for column in columns]
    return Form(pieces, blanks) if blanks and pieces[-1] else None


def _alike(documents: Iterable[list[bytes]]) -> list[list[bytes]]:
    """Return the largest group of documents that have as many strings, and the same ones as names of members."""
    groups: dict[tuple[bytes, ...], list[list[bytes]]] = {}
    for tokens in documents:
        names = tuple(one for one, behind in pairwise(tokens) if behind.startswith(b":"))
        groups.setdefault((b"%d" % len(tokens), *names), []).append(tokens)
    return max(groups.values(), key=len, default=[])


def _divided(column: Column) -> Iterable[Column]:
    """Divide a column of strings, or of what stands between two, into what is fixed in it and what is not."""
    if _is_fixed(column):
        return [column]
    words = [_WORDS.findall(one) for one in column]
    if len({len(one) for one in words}) == 1:
        return zip(*words, strict=True)
    return _trimmed(column)


def _is_fixed(column: Column) -> bool:
    return column.count(column[0]) == len(column)


def _trimmed(column: Column) -> list[Column]:
    """Divide a column into how all of it begins, what differs, and how all of it ends."""
    front = _common(column)
    rest = [one[front:] for one in column]
    back = _common([one[::-1] for one in rest])
    ends = [len(one) - back for one in rest]
    middle = tuple(one[:end] for one, end in zip(rest, ends, strict=True))
    parts = (tuple(one[:front] for one in column), middle, tuple(one[len(one) - back :] for one in rest))
    return [part for part in parts if any(part)]


def _common(texts: Sequence[bytes]) -> int:
    """Return how many bytes all texts begin with."""
    least, most = min(texts), max(texts)
    shorter = min(len(least), len(most))
    return next((place for place in range(shorter) if least[place] != most[place]), shorter)


def _laid(parts: Iterable[Column]) -> tuple[list[bytes], list[Column]]:
    """Return the pieces that are fixed, and what stands between them."""
    pieces, columns = [b""], list[Column]()
    for part in parts:
        if _is_fixed(part) and not (columns and not pieces[-1] and part[0].isdigit()):
            pieces[-1] += part[0]
        elif columns and not pieces[-1]:
            # Nothing stands between the two that would tell where the one ends.
            columns[-1] = tuple(map(bytes.__add__, columns[-1], part))
        else:
            columns.append(part)
            pieces.append(b"")
    return pieces, columns


def _join_said_again(pieces: list[bytes], columns: list[Column]) -> None:
    """Make one blank of two that stand beside each other many times."""
    refused = set[_Pair]()
    while (pair := _most_said(pieces, columns, refused)) is not None:
        joined = _as_one(*pair)
        places = [place for place, one in enumerate(_pairs(pieces, columns)) if one == pair]
        if any(_has_within(pieces[place + 2], joined) for place in places):
            refused.add(pair)
            continue
        # From the last to the first, and no blank twice.
        taken = len(columns)
        for place in reversed(places):
            if place + 1 < taken:
                columns[place : place + 2] = [joined]
                del pieces[place + 1]
                taken = place


def _pairs(pieces: Sequence[bytes], columns: Sequence[Column]) -> Iterator[_Pair]:
    return zip(columns, pieces[1:], columns[1:], strict=False)


def _most_said(pieces: Sequence[bytes], columns: Sequence[Column], refused: set[_Pair]) -> _Pair | None:
    often = Counter(_pairs(pieces, columns)).most_common()
    return next((pair for pair, times in often if times >= _OFTEN and pair not in refused), None)


def _has_within(behind: bytes, column: Column) -> bool:
    """Tell whether what follows a blank would be found in what fills it in."""
    return any(behind[:GUARD] in one for one in column)


def _joined(pieces: Sequence[bytes], columns: Sequence[Column]) -> tuple[list[bytes], list[Column]]:
    """Return the same with one blank in the place of several that are near each other and said nowhere else."""
    times = Counter(columns)
    alone = [times[column] == 1 for column in columns]
    texts, kept = [pieces[0]], list[Column]()
    for place, (column, behind) in enumerate(zip(columns, pieces[1:], strict=True)):
        near = place and alone[place - 1] and alone[place] and len(texts[-1]) <= _NEAR
        joined = _as_one(kept[-1], texts[-1], column) if near else ()
        if joined and not _has_within(behind, joined):
            texts[-1], kept[-1] = behind, joined
        else:
            texts.append(behind)
            kept.append(column)
    return texts, kept


def _as_one(column: Column, between: bytes, other: Column) -> Column:
    return tuple(one + between + behind for one, behind in zip(column, other, strict=True))
