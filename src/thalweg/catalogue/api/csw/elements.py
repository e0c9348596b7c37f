"""Parts of requests in XML, found by local names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.filters.gml import local
from thalweg.web.kvp import MissingParameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element


def first(element: Element, name: str) -> Element | None:
    """Return the first child of a name."""
    return next((one for one in element if local(one) == name), None)


def required(element: Element, name: str) -> Element:
    """Return the first child of a name.

    Raises:
        MissingParameter: there is none.
    """
    found = first(element, name)
    if found is None:
        raise MissingParameter(name)
    return found


def texts(element: Element, path: str) -> Iterator[str]:
    """Yield the texts, none empty, at a path of children's names."""
    name, _, rest = path.partition("/")
    for one in element:
        if local(one) == name:
            if rest:
                yield from texts(one, rest)
            elif text := "".join(one.itertext()).strip():
                yield text


def text(element: Element, path: str) -> str | None:
    """Return the first text at a path; nothing where there is none."""
    return next(texts(element, path), None)
