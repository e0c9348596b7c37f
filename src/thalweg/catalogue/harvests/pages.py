"""What a source gives, page by page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.core.errors import TooLarge, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element

MOST_PAGES = 50_000
_MOST_EMPTY = 100


@dataclass(frozen=True, slots=True)
class Found:
    """One document of a source; ``key`` is what the source calls it, where that is not the Record's own id."""

    content: bytes
    key: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Documents that came together.

    Attributes:
        gone: keys of what the source says that it holds no longer.
        total: how many documents the source says that it has.
    """

    found: tuple[Found, ...] = ()
    gone: tuple[str, ...] = ()
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A source that answered.

    Attributes:
        pages: what it gives.
        whole: whether that is all that it holds, so that what it does not give is gone.
        since: from when on it is asked the next time, where it can be asked so.
        alone: it is one document, whose fault is the harvest's own.
    """

    pages: Iterator[Page]
    whole: bool = True
    since: str = ""
    alone: bool = False


@dataclass(slots=True)
class Track:
    """Where a harvest has been: a source that leads in a circle, or on and on, is left."""

    _been: set[str] = field(default_factory=set)
    _told: set[bytes] = field(default_factory=set)
    _empty: int = 0

    def step(self, place: str) -> None:
        """Go to a place.

        Raises:
            Unavailable: it was there before.
            TooLarge: there are too many.
        """
        if place in self._been:
            raise Unavailable("the source leads in a circle")
        if len(self._been) >= MOST_PAGES:
            raise TooLarge(f"the source has more than {MOST_PAGES} pages")
        self._been.add(place)

    def new(self, page: Page) -> Page:
        """Return a page that tells something new.

        Raises:
            Unavailable: it tells what one before it did, so that the source gives others never; or one after the
                other tells nothing.
        """
        self._empty = 0 if page.found or page.gone else self._empty + 1
        if self._empty > _MOST_EMPTY:
            raise Unavailable(f"the source gives {_MOST_EMPTY} pages without a record one after the other")
        digest = hashlib.sha256(repr((page.found, page.gone)).encode()).digest()
        if not self._empty and digest in self._told:
            raise Unavailable("the source gives the same page again instead of the next")
        self._told.add(digest)
        return page


def written(element: Element) -> bytes:
    """Return an element as a document of its own."""
    made: bytes = etree.tostring(element, encoding="UTF-8", xml_declaration=True, with_tail=False)
    return made
