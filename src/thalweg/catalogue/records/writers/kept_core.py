"""Unqualified Dublin Core straight from the document of a kept Record, for whoever harvests all of them.

To make a Record of the document first takes longer than all else of a harvest. What is told is the same; a document
that is not as the writer of kept Records writes it is not told here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.record import Span
from thalweg.catalogue.records.writers.dublin_core import box_of, day_of, oai_dc_of, part_of, period

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Members = Mapping[str, Any]

_OCCASIONS = ("creation", "publication", "revision")


def oai_dc(document: Members, relations: Iterable[str], licensed: Callable[[str], str]) -> bytes | None:
    """Return what a Record's Dublin Core is as text; nothing for a document that is not as it is written here.

    Args:
        document: of a kept Record.
        relations: where the resource, and more about it, is.
        licensed: tells a license in the words that are told.
    """
    try:
        told = document["properties"]
        return oai_dc_of(_terms(document, told, relations, licensed), _parties(told.get("contacts", ())))
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def _terms(
    document: Members, told: Members, relations: Iterable[str], licensed: Callable[[str], str]
) -> dict[str, Iterable[str]]:
    dates = told.get("dates", {})
    days = [day_of(dates), *(dates[one] for one in _OCCASIONS if one in dates)]
    return {
        "dc:title": (told.get("title", ""), *told.get("alternateTitles", ())),
        "dc:subject": dict.fromkeys(_words(told)),
        "dc:description": (told.get("description", ""),),
        "dc:date": dict.fromkeys(filter(None, days)),
        "dc:type": (told.get("type") or "dataset",),
        "dc:format": [one.get("mediaType") or one.get("name", "") for one in told.get("formats", ())],
        "dc:identifier": (document["id"], *(one["value"] for one in told.get("externalIds", ()))),
        "dc:language": _languages(told),
        "dc:relation": (told.get("parent", ""), *relations),
        "dc:coverage": (*_boxes(document, told), _period(document.get("time"))),
        "dc:rights": (
            licensed(told.get("license", "")),
            *told.get("rights", "").split("\n"),
            *told.get("accessConstraints", ()),
            *told.get("useConstraints", ()),
        ),
    }


def _words(told: Members) -> Iterator[str]:
    yield from told.get("keywords", ())
    for theme in told.get("themes", ()):
        for concept in theme.get("concepts", ()):
            yield concept.get("title") or concept.get("id", "")


def _languages(told: Members) -> list[str]:
    several = told.get("resourceLanguages") or ([told["language"]] if "language" in told else [])
    return [one["code"] for one in several]


def _boxes(document: Members, told: Members) -> Iterator[str]:
    boxes = told["boxes"] if "boxes" in told else [document["bbox"]] if "bbox" in document else []
    if not boxes and document.get("geometry") is not None:
        raise LookupError("bbox")
    for one in boxes:
        west, south, east, north = map(float, one)
        yield box_of(west, south, east, north)


def _period(time: Members | None) -> str:
    if time is None:
        return ""
    at = time.get("timestamp") or time.get("date")
    start, end = (at, at) if at else time["interval"]
    return period(Span(start, end))


def _parties(contacts: Iterable[Members]) -> Iterator[tuple[str, str]]:
    for one in contacts:
        if not one.get("ofRecord"):
            name = one.get("name") or one.get("organization", "")
            for role in one.get("roles") or ("",):
                yield part_of(role), name
