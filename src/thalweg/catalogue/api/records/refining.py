"""Addresses that narrow a search further, take a condition back, or turn its order, for a page of what is found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from thalweg.catalogue.api.records.facet import COLLECTION
from thalweg.catalogue.records.kinds import TYPE

Document = Mapping[str, Any]
_STANDING = frozenset({"f", "limit", "sortby", "facets", "profile", "count", "filter-lang", "filter-crs", "bbox-crs"})
"""Parameters that narrow nothing."""
_PLACES = frozenset({"token", "offset"})
"""Where a page is: another search begins at its first."""
_LANGUAGE = "cql2-text"
_WORDS = {"q": "words", "bbox": "box", "datetime": "time", "as-of": "as of"}
_TAKEN = frozenset({"q", "bbox", "datetime", "filter", "ids", "externalIds", "as-of", COLLECTION}) | _STANDING | _PLACES
"""What no property can be asked for by its own name, for the name says something else, or nothing."""
_NAMES = {"type": "Type", "keywords": "Keywords", "organization": "Organization", "datetime": "Year"}
_SEVERAL = 2
ORDERS = (("", "newest first"), ("title", "by title"), ("-updated", "last changed first"))
"""Orders that a page offers."""


@dataclass(frozen=True, slots=True)
class Step:
    """A search beside the one that was asked."""

    title: str
    href: str
    chosen: bool = False


class Refining:
    """One search as it was asked, and those beside it."""

    def __init__(self, url: str) -> None:
        self._path, _, query = url.partition("?")
        self._asked = [pair for pair in parse_qsl(query) if pair[0] not in _PLACES]

    @property
    def asked(self) -> dict[str, str]:
        """Return what was asked, by parameter."""
        return dict(self._asked)

    def conditions(self) -> Iterator[Step]:
        """Yield each condition with the search that is without it."""
        from thalweg.web.spans import shortly  # noqa: PLC0415 - where a page is asked for

        for name, value in self._asked:
            if name not in _STANDING and value:
                said = shortly(value) if name == "datetime" else value
                told = said if name == "filter" else f"{_WORDS.get(name, name)}: {said}"
                yield Step(told, self._with(name, None))

    def orders(self) -> Iterator[Step]:
        """Yield the orders that a page offers."""
        now = self.asked.get("sortby", "")
        for order, title in ORDERS:
            yield Step(title, self._with("sortby", order or None), chosen=order == now)

    def looser(self) -> Step | None:
        """Return the search for any of the words, where several were asked for side by side."""
        words = self.asked.get("q", "").split()
        if len(words) < _SEVERAL or any("," in word for word in words):
            return None
        return Step("look for any of them", self._with("q", ",".join(words)))

    def facet(self, name: str, facet: Document) -> Document:
        """Return a facet with the searches that are narrowed to its values, and the one that tells more of it."""
        buckets = [{**one, **self._bucket(name, one)} for one in facet["buckets"]]
        return {
            "title": _NAMES.get(name, name[:1].upper() + name[1:].replace("_", " ")),
            "buckets": buckets,
            "further": self._with("facets", f"{name}:100") if facet["more"] else "",
        }

    def _bucket(self, name: str, bucket: Document) -> dict[str, str]:
        if "value" in bucket:
            return {"title": bucket["value"], "href": self._equal(name, str(bucket["value"]))}
        low, high = bucket["min"], bucket["max"]
        is_time = isinstance(low, str)
        ends = [f"TIMESTAMP('{end}')" if is_time else repr(end) for end in (low, high)]
        condition = f'"{name}" >= {ends[0]} AND "{name}" < {ends[1]}'
        return {"title": str(low)[:4] if is_time else f"{low:g} – {high:g}", "href": self._filtered(condition)}

    def _equal(self, name: str, value: str) -> str:
        """Return the search for one value: by a parameter of its own, or by the filter where that is taken."""
        told = "'" + value.replace("'", "''") + "'"
        if name in _TAKEN or (name == TYPE and "," in value):
            return self._filtered(f'"{name}" = {told}')
        if name != TYPE and self.asked.get(name, value) != value:
            return self._filtered(f'A_CONTAINS("{name}", ({told}))')  # of what has one value no other is told
        return self._with(name, value)

    def _filtered(self, condition: str) -> str:
        """Return the search with one more condition; nothing where the filter is in another language."""
        already = self.asked.get("filter")
        if already and self.asked.get("filter-lang", _LANGUAGE) != _LANGUAGE:
            return ""
        return self._with("filter", f"({already}) AND {condition}" if already else condition)

    def _with(self, name: str, value: str | None) -> str:
        kept = [pair for pair in self._asked if pair[0] != name]
        return f"{self._path}?{urlencode([*kept, *([] if value is None else [(name, value)])], quote_via=quote)}"
