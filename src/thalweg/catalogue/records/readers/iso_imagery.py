"""What ISO 19115 tells and the Record has no field for, under STAC's names where STAC has one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.readers.iso_elements import all_said, at, first, prose, said
from thalweg.catalogue.records.readers.iso_quality import conformity_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element

_PLATFORM = "acquisitionInformation/*/platform/*"
_INSTRUMENTS = (
    f"{_PLATFORM}/instrument/*/identifier/*/code",
    "acquisitionInformation/*/instrument/*/identifier/*/code",
)
_ASSOCIATIONS = ("aggregationInfo/*", "associatedResource/*")
_PLACES = "extent/EX_Extent/geographicElement/EX_GeographicDescription/geographicIdentifier/*/code"
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
        "associations": list(_associations(about)),
        "conformity": list(conformity_of(root)),
        "geographicDescriptions": list(all_said(about, _PLACES)),
        "classification": said(about, "resourceConstraints/*/classification"),
    }
    return {name: value for name, value in told.items() if value not in ("", [], None)} or None


def _associations(about: Element | None) -> Iterator[dict[str, str]]:
    """Yield the resources that this one is told to belong to, to be made from, or to go with."""
    found = [one for path in _ASSOCIATIONS for one in at(about, path)] if about is not None else []
    for one in found:
        told = {
            "identifier": said(one, "aggregateDataSetIdentifier/*/code", "name/*/identifier/*/code"),
            "title": said(one, "aggregateDataSetName/*/title", "name/*/title"),
            "association": said(one, "associationType"),
            "initiative": said(one, "initiativeType"),
        }
        if told["identifier"] or told["title"]:
            yield {name: text for name, text in told.items() if text}


def _percent(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number <= _MOST_PERCENT else None
