"""When a Record was written and what happened to its resource when, from the dates of ISO 19139 and ISO 19115-3."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from thalweg.catalogue.records.readers.iso_elements import at, said
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thalweg.catalogue.records.record import Occasion
    from thalweg.guard.markup import Element

_OCCASIONS: tuple[Occasion, ...] = ("creation", "publication", "revision")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DAY_WITH_ZONE = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?")
_COARSE = re.compile(r"(\d{4}(?:-\d\d)?)")


def stamps_of(root: Element) -> tuple[datetime | None, datetime | None]:
    """Return when the Record was created and when it was changed; ISO 19139 has one date, taken for the change."""
    by_occasion: dict[str, datetime] = {}
    for date in at(root, "dateInfo/*"):
        moment = moment_of(said(date, "date"))
        if moment is not None:
            by_occasion.setdefault(said(date, "dateType"), moment)
    created = by_occasion.get("creation")
    return created, by_occasion.get("revision") or created or moment_of(said(root, "dateStamp"))


def moment_of(text: str) -> datetime | None:
    """Return a day's first moment or a time, in UTC where no zone is told; nothing for what is neither."""
    try:
        found = datetime.fromisoformat(_DAY_WITH_ZONE.sub(r"\1", text))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def dates_of(citation: Element | None) -> Mapping[Occasion, str] | None:
    """Return the resource's dates by occasion, the first of each that is one."""
    found: dict[Occasion, str] = {}
    for date in at(citation, "date/*") if citation is not None else ():
        text, kind = day_or_time(said(date, "date")), said(date, "dateType")
        for occasion in _OCCASIONS:
            if kind == occasion and text:
                found.setdefault(occasion, text)
    return found or None


def day_or_time(text: str) -> str:
    """Return a time as RFC 3339, a date as it stands but for a zone, nothing for what is neither."""
    if _RFC3339.fullmatch(text):
        return text
    if match := _DAY_WITH_ZONE.fullmatch(text) or _COARSE.fullmatch(text):
        return match[1]
    moment = moment_of(text) if "T" in text else None
    return written(moment) if moment else ""
