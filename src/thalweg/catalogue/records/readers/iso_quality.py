"""To what specifications a resource conforms, as ISO 19139 and ISO 19115-3 report it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.readers.iso_elements import at, local_name, said
from thalweg.catalogue.records.readers.iso_times import day_or_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element

_DEGREES = {"true": "true", "1": "true", "false": "false", "0": "false"}


def conformity_of(root: Element) -> Iterator[dict[str, str]]:
    """Yield each specification with its date, and whether the resource conforms to it; no degree is not evaluated."""
    for result in at(root, "dataQualityInfo/*/report/*/result/*"):
        if local_name(result) != "DQ_ConformanceResult":
            continue
        told = {
            "specification": said(result, "specification/*/title"),
            "date": day_or_time(said(result, "specification/*/date/*/date")),
            "dateType": said(result, "specification/*/date/*/dateType"),
            "explanation": said(result, "explanation"),
            "degree": _DEGREES.get(said(result, "pass"), ""),
        }
        if told["specification"]:
            yield {name: text for name, text in told.items() if text and (told["date"] or name != "dateType")}
