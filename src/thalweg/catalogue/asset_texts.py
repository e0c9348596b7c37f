"""The assets of an Item as text: their hrefs, and what is left, which thousands of Items have in common."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

COUNTED = ("proj:transform", "proj:bbox")
"""Arrays of numbers that are an Item's own."""
_HREF = b'"href":"'
_HREFS = rb'"href":"(?P<href>[^"]*)"'
_NUMERIC = b"0123456789+-.eE,"
_MOST, _MOST_ALIKE, _LONGEST = 256, 4, 64_000
_OFTEN, _MOST_OFTEN = 50, 64
"""A form that so many texts fitted gets an expression, as far as so many have none: it takes some ms, and memory."""
_PATIENCE = 500
"""So many more texts than were met again may be new; then they are too unlike for it to pay."""


class Form:
    """Assets as text, with holes where hrefs stand, and numbers of which only is told how many they are.

    Assets whose text fits differ in nothing else.
    """

    def __init__(self, text: bytes, counted: tuple[str, ...]) -> None:
        self.counted = counted
        self.fits = 0
        self._expression: re.Pattern[bytes] | None = None
        self._parts: list[tuple[bytes, int, bytes]] = []
        self._hrefs: list[int] = []
        self._numbers: list[int] = []
        self._commas: list[int] = []
        at = 0
        for start, end, commas in _holes(text, counted):
            literal = text[at:start]
            (self._numbers if commas else self._hrefs).append(len(self._parts))
            self._commas.extend([commas] if commas else [])
            self._parts.append((literal, len(literal), text[end : end + 1]))
            at = end
        self._last = text[at:]

    def hrefs(self, text: bytes) -> list[bytes] | None:
        """Return the hrefs of a text without escapes; nothing where it does not fit."""
        holes = self._walked(text) if self._expression is None else self._matched(text, self._expression)
        if holes is None:
            return None
        numbers = [holes[place] for place in self._numbers]
        if [one.count(b",") for one in numbers] != self._commas or b"".join(numbers).translate(None, _NUMERIC):
            return None
        self.fits += 1
        return [holes[place] for place in self._hrefs]

    def quicken(self) -> None:
        """Get an expression, by which a text is read in half the time."""
        holes = [re.escape(literal) + b"([^%b]*+)" % ends for literal, _, ends in self._parts]
        self._expression = re.compile(b"".join([*holes, re.escape(self._last)]))

    def _walked(self, text: bytes) -> Sequence[bytes] | None:
        at = 0
        holes: list[bytes] = []
        for literal, length, ends in self._parts:
            if not text.startswith(literal, at):
                return None
            at += length
            end = text.find(ends, at)
            holes.append(text[at:end])
            at = end
        return holes if text[at:] == self._last else None

    @staticmethod
    def _matched(text: bytes, expression: re.Pattern[bytes]) -> Sequence[bytes] | None:
        found = expression.fullmatch(text)
        return None if found is None else found.groups()


class Apart(NamedTuple):
    """The hrefs of assets, one each, and the form of their text; none where others have not the same."""

    hrefs: list[bytes]
    form: Form | None


class AssetTexts:
    """The forms that were met."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], list[Form]] = {}
        self._new = self._again = self._often = 0

    def apart(self, assets: object, text: bytes) -> Apart | None:
        """Take assets and their JSON apart; nothing where one has no href, or has others inside, or an escape.

        Where no string holds a quotation mark, ``"href":"`` is a member's name and the beginning of its value and
        nothing else. There are as many as assets that have one: so there are no others.
        """
        if type(assets) is not dict or b"\\" in text:
            return None
        names = tuple(assets)
        alike = self._known.get(names, ())
        for form in alike:
            hrefs = form.hrefs(text)
            if hrefs is not None:
                self._again += 1
                if form.fits == _OFTEN and self._often < _MOST_OFTEN:
                    self._often += 1
                    form.quicken()
                return Apart(hrefs, form)
        if text.count(_HREF) != len(assets) or not all(map(_has_href, assets.values())):
            return None
        return Apart([asset["href"].encode() for asset in assets.values()], self._met(names, assets, text))

    def _met(self, names: tuple[str, ...], assets: Mapping[str, Mapping[str, Any]], text: bytes) -> Form | None:
        """Remember the form of a text that is new, unless all are."""
        if self._new > self._again + _PATIENCE or len(text) > _LONGEST:
            return None
        self._new += 1
        form = Form(text, tuple(name for name in COUNTED if _is_outermost(assets, text, name)))
        if len(self._known) >= _MOST:
            self._known.clear()
            self._often = 0
        self._known[names] = [form, *self._known.get(names, ())][:_MOST_ALIKE]
        return form


def _has_href(asset: object) -> bool:
    return type(asset) is dict and type(asset.get("href")) is str


def _is_outermost(assets: Mapping[str, Mapping[str, Any]], text: bytes, member: str) -> bool:
    """Tell whether only the assets themselves have lists under this name, and nothing inside of them has."""
    return text.count(f'"{member}":['.encode()) == sum(type(asset.get(member)) is list for asset in assets.values())


def _holes(text: bytes, counted: tuple[str, ...]) -> Iterator[tuple[int, int, int]]:
    """Yield where hrefs begin and end, and lists of numbers with how many commas they have."""
    names = [rb'"%b":\[(?P<_%d>[^]["]*)\]' % (re.escape(name.encode()), place) for place, name in enumerate(counted)]
    for found in re.finditer(b"|".join([_HREFS, *names]), text):
        start, end = found.span(found.lastgroup or 0)
        numbers = text[start:end]
        if found.lastgroup == "href":
            yield start, end, 0
        elif b"," in numbers and not numbers.translate(None, _NUMERIC):
            yield start, end, numbers.count(b",")
