"""XML of strangers: no document type, hence no entities; no network; bounded."""

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from thalweg.core.errors import InvalidParameter, TooLarge

MOST_BYTES = 64 * 1024 * 1024
MOST_MARKS = 1_000_000
"""Of tags and attributes: an empty element is four bytes to send and thirty times as many to hold."""
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_PROLOGUE = 65_536

Element = Any
"""An element of lxml, which has no types."""


def parsed(content: bytes, name: str) -> Element:
    """Return the root of an XML document.

    Args:
        content: the document.
        name: what it is called in messages.

    Raises:
        TooLarge: it has more bytes, or more tags and attributes, than XML may have here.
        InvalidParameter: it is not well-formed, is not in an encoding that extends ASCII, or has a document type.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge(f"{name}: XML may have {MOST_BYTES >> 20} MiB")
    if content.count(b"<") + content.count(b"=") > MOST_MARKS:
        raise TooLarge(f"{name}: XML may have {MOST_MARKS} tags and attributes")
    if b"\x00" in content[:_PROLOGUE]:  # UTF-16 and UTF-32 would hide a document type from the look below
        raise InvalidParameter(name, "is XML in an encoding that is not read here; UTF-8 is")
    if _DOCTYPE.search(content):
        raise InvalidParameter(name, "has a document type, which could define entities; that is not read here")
    # A parser of its own for each document: libxml2's are not shared between threads.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise InvalidParameter(name, "is not well-formed XML: it is broken or cut short") from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise InvalidParameter(name, "has a document type, which could define entities; that is not read here")
    return root


def text_of(root: Element, path: str, name: str) -> str:
    """Return the text of the first element at an XPath of local names (``a/b``), at any depth below the root.

    Raises:
        InvalidParameter: it is not there or empty; the parameter is ``name``.
    """
    found = texts_of(root, path)
    if not found:
        raise InvalidParameter(name, f"has no {path}")
    return found[0]


def number_of(root: Element, path: str, name: str, low: float, high: float) -> float:
    """Return the number at a path, see ``text_of``.

    Raises:
        InvalidParameter: it is not there, no number, or not between ``low`` and ``high``.
    """
    return number(text_of(root, path, name), f"{name}: {path}", low, high)


def number(text: str, name: str, low: float, high: float) -> float:
    """Read a number that must lie between two others.

    Raises:
        InvalidParameter: it is none, or does not; the parameter is ``name``.
    """
    try:
        value = float(text)
    except ValueError as error:
        raise InvalidParameter(name, f"{text[:32]!r} is no number") from error
    if not low <= value <= high:
        raise InvalidParameter(name, f"{text[:32]} is not between {low:g} and {high:g}")
    return value


def texts_of(root: Element, path: str) -> list[str]:
    """Return the texts, none empty, of all elements at a path of local names, whatever their namespaces."""
    texts = ((element.text or "").strip() for element in elements_of(root, path))
    return [text for text in texts if text]


def elements_of(root: Element, path: str) -> list[Element]:
    """Return all elements at a path of local names, at any depth below the root, whatever their namespaces."""
    steps = "/".join(f"*[local-name()='{name}']" for name in path.split("/"))
    found: list[Element] = root.xpath(f".//{steps}")
    return found
