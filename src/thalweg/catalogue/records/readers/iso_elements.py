"""What stands at a place of an ISO metadata document, by local names: 19139 and 19115-3 differ in namespaces most."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element

_ANY = "*"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NORTH_AMERICAN = re.compile(r"RI_\d+")
"""A code of the North American Profile; its name stands in the text, English first."""


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    name: str = element.tag.rpartition("}")[2]
    return name


def at(element: Element, path: str) -> Iterator[Element]:
    """Yield what stands below an element at a path of local names, ``*`` for any: ``citation/*/title``."""
    first, _, rest = path.partition("/")
    for child in element:
        if first in (_ANY, local_name(child)):
            if rest:
                yield from at(child, rest)
            else:
                yield child


def first(element: Element | None, *paths: str) -> Element | None:
    """Return the first element at the first path that leads to one."""
    if element is None:
        return None
    return next((found for path in paths for found in at(element, path)), None)


def inner(element: Element) -> Element:
    """Return what a property holds: its value in the document's own language, or itself where it has no element."""
    return next((child for child in element if local_name(child) != "PT_FreeText"), element)


def href_of(element: Element | None) -> str:
    """Return where a property's value points: an ``Anchor``'s address."""
    if element is None:
        return ""
    held = inner(element)
    return "" if held is element else str(held.get(_HREF) or "").strip()


def value(element: Element | None) -> str:
    """Return what a property of ISO 19115 says: a code's value, an anchor's or a string's text, else its own text.

    Of a text in several languages it is the one in the document's own.
    """
    if element is None:
        return ""
    held = inner(element)
    text = " ".join((held.text or "").split())
    code = str(held.get("codeListValue") or "")
    if _NORTH_AMERICAN.fullmatch(code) and text:
        return text.partition(";")[0].strip()
    return code or text


def prose(element: Element | None) -> str:
    """Return a longer text as it is, its lines kept."""
    if element is None:
        return ""
    return str(inner(element).text or "").strip()


def said(element: Element | None, *paths: str) -> str:
    """Return the first value at one of the paths that says something."""
    if element is None:
        return ""
    return next((text for path in paths for text in all_said(element, path)), "")


def all_said(element: Element | None, path: str) -> Iterator[str]:
    """Yield the values at a path that say something."""
    if element is None:
        return
    for found in at(element, path):
        text = value(found)
        if text:
            yield text
