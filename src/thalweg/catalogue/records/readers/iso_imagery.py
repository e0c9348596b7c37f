"""What ISO 19115 tells and the Record has no field for, under STAC's names where STAC has one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.readers.iso_elements import all_said, first, prose, said

if TYPE_CHECKING:
    from thalweg.guard.markup import Element

_PLATFORM = "acquisitionInformation/*/platform/*"
_INSTRUMENTS = (
    f"{_PLATFORM}/instrument/*/identifier/*/code",
    "acquisitionInformation/*/instrument/*/identifier/*/code",
)
_MOST_PERCENT = 100


def extra_of(root: Element, about: Element | None) -> dict[str, Any] | None:
    """Return what is told beside the model: the scene's platform, instruments, clouds and level, and prose."""
    told = {
        "platform": said(root, f"{_PLATFORM}/identifier/*/code"),
        "instruments": [text for path in _INSTRUMENTS for text in all_said(root, path)],
        "eo:cloud_cover": _percent(said(root, "contentInfo/*/cloudCoverPercentage")),
        "processing:level": said(root, "contentInfo/*/processingLevelCode/*/code"),
        "purpose": prose(first(about, "purpose")),
        "credits": list(all_said(about, "credit")),
        "status": list(all_said(about, "status")),
        "maintenanceFrequency": said(about, "resourceMaintenance/*/maintenanceAndUpdateFrequency"),
        "spatialRepresentation": list(all_said(about, "spatialRepresentationType")),
        "supplementalInformation": prose(first(about, "supplementalInformation")),
    }
    return {name: value for name, value in told.items() if value not in ("", [], None)} or None


def _percent(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number <= _MOST_PERCENT else None
